import { ApplicationFailure, Context } from '@temporalio/activity';
import { CertusError, type ErrorCode } from '../../contracts/errors.ts';

/** A remote may be away for a moment; one that stays away is for whoever asked to mend. */
const ATTEMPTS = 4;
const REMOTE: ReadonlySet<ErrorCode> = new Set(['source_unreachable', 'manifest_unreachable']);

/** Ends the retries of a step whose source or manifest cannot be reached, and of no other. */
export async function givingUpOnRemotes<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const stays = error instanceof CertusError && REMOTE.has(error.code);
    if (!stays || Context.current().info.attempt < ATTEMPTS) throw error;
    throw ApplicationFailure.nonRetryable(error.message, error.code);
  }
}
