import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import { CertusError } from '../contracts/errors.ts';
import type { Notice } from '../contracts/scan.ts';

/** The innermost cause of a failed step, as a code and a sentence for the run's record. */
export function failureNotice(error: unknown): Notice {
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure)
    return failureNotice(error.cause);
  if (error instanceof ApplicationFailure)
    return { code: error.type ?? 'internal_error', message: error.message };
  if (error instanceof CancelledFailure) return { code: 'cancelled', message: 'the run was cancelled' };
  if (error instanceof TimeoutFailure) return { code: 'timed_out', message: error.message };
  return { code: 'internal_error', message: error instanceof Error ? error.message : String(error) };
}

/** A refusal from our own code as Temporal's; thrown as it is it would count as a bug, and the run would try it for ever. */
export const toFailure = (error: unknown): unknown =>
  error instanceof CertusError ? ApplicationFailure.nonRetryable(error.message, error.code) : error;
