import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { ZodError } from 'zod';
import { CertusError } from '../contracts/errors.ts';
import { CustodyError } from '../domain/custody/custody-error.ts';

/**
 * What an activity throws, as Temporal should see it: one of our codes says by itself whether another try can help, and
 * content that cannot be read does not mend itself. Anything else is a surprise and is tried again, since a bug that is
 * mended by a new release must not cost the run.
 */
export function toTemporalFailure(error: unknown): unknown {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (error instanceof CertusError) return failure(error.code, error.message, error.retryable);
  const fault = contentFault(error);
  if (fault !== undefined) return failure('bundle_invalid', fault, false);
  if (error instanceof Error && error.name === 'AbortError') return new CancelledFailure('cancelled');
  return error;
}

/** In words of our own: what these errors say themselves may quote the file they stumbled over. */
function contentFault(error: unknown): string | undefined {
  if (error instanceof CustodyError) return `the bundle does not hold: ${error.code}`;
  if (error instanceof ZodError)
    return `a document is not as expected: ${error.issues[0]?.code ?? 'unknown fault'}`;
  return error instanceof SyntaxError ? 'a document is not JSON' : undefined;
}

/** Neither cause nor stack: a history is read by many and kept for long, and the log has both. */
function failure(type: string, message: string, retryable: boolean): ApplicationFailure {
  const created = ApplicationFailure.create({ message, type, nonRetryable: !retryable });
  created.stack = '';
  return created;
}
