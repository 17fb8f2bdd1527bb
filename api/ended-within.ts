import { type Client, WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { CertusError, ERROR_STATUS, type ErrorCode } from '../contracts/errors.ts';

/**
 * Waits a moment for a run to end; `undefined` while it goes on. One that failed throws the error with which a step of it
 * gave up. What nobody waits for is not asked any more: the engine would be, again and again, for as long as the run lasts.
 */
export async function endedWithin<T>(
  temporal: Pick<Client, 'withAbortSignal'>,
  run: { result(): Promise<T> },
  milliseconds: number,
): Promise<{ readonly result: T } | undefined> {
  const asking = new AbortController();
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, milliseconds, undefined);
  const ended = temporal.withAbortSignal(asking.signal, () => run.result()).then((result) => ({ result }));
  try {
    return await Promise.race([ended, late]);
  } catch (error) {
    throw error instanceof WorkflowFailedError ? reasonOf(error) : error;
  } finally {
    clearTimeout(timer);
    asking.abort();
  }
}

/** The code with which a step gave up, however deep it lies. */
function reasonOf(error: WorkflowFailedError): CertusError {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at instanceof ApplicationFailure && at.type && Object.hasOwn(ERROR_STATUS, at.type))
      return new CertusError(at.type as ErrorCode, at.message, { cause: error });
  }
  return new CertusError('internal_error', 'the run ended without a reason', { cause: error });
}
