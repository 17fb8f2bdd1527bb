import { type Client, ScheduleNotFoundError } from '@temporalio/client';
import { dependencyFailure } from '../dependency-failure.ts';

const PATIENCE = 5000;

/** Right after a change the answer gets lost now and then, and would be waited for in vain; asked again, it comes at once. */
export async function persistently<T>(temporal: Client, question: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await temporal.withDeadline(Date.now() + PATIENCE / 4, question);
    } catch (error) {
      if (attempt === 3 || dependencyFailure(error) === undefined) throw error;
    }
  }
}

export const bounded = <T>(temporal: Client, work: () => Promise<T>): Promise<T> =>
  temporal.withDeadline(Date.now() + PATIENCE, work);

export function unlessGone(error: unknown): undefined {
  if (error instanceof ScheduleNotFoundError) return undefined;
  throw error;
}
