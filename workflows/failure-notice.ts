import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { Notice } from '../contracts/scan.ts';

/** The innermost cause of a failed step, as a code and a sentence for the run's record. */
export function failureNotice(error: unknown): Notice {
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure)
    return failureNotice(error.cause);
  if (error instanceof ApplicationFailure)
    return { code: error.type ?? 'internal_error', message: error.message };
  if (error instanceof TimeoutFailure) return { code: 'timed_out', message: error.message };
  return { code: 'internal_error', message: error instanceof Error ? error.message : String(error) };
}
