import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { CertusError } from '../contracts/errors.ts';

/**
 * What an activity throws, as Temporal should see it: one of our codes says by itself whether another try can help.
 * Anything else is a surprise and is tried again, since a bug that is mended by a new release must not cost the run.
 */
export function toTemporalFailure(error: unknown): unknown {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (error instanceof CertusError) {
    return ApplicationFailure.create({
      message: error.message,
      type: error.code,
      nonRetryable: !error.retryable,
      cause: error,
    });
  }
  if (error instanceof Error && error.name === 'AbortError') return new CancelledFailure('cancelled');
  return error;
}
