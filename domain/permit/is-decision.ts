import type { PermitDecision } from '../../contracts/workflows.ts';

/** Whether an answer is a decision at all. By hand: a library for schemas would be loaded for every run of a workflow. */
export function isDecision(answer: unknown): answer is PermitDecision {
  if (typeof answer !== 'object' || answer === null) return false;
  const { permitId, permitted, reason }: Partial<Record<keyof PermitDecision, unknown>> = answer;
  return (
    typeof permitId === 'string' &&
    PERMIT_ID.test(permitId) &&
    typeof permitted === 'boolean' &&
    (reason === null || typeof reason === 'string')
  );
}

const PERMIT_ID = /^permit_[0-9a-f]{12,64}$/;
