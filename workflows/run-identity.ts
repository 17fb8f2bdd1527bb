import type { RunIdentity } from '../contracts/workflows.ts';

/** Who a run is, without what it was asked for. */
export const identityOf = ({ scope, component, assessment, testId }: RunIdentity): RunIdentity => ({
  scope,
  component,
  assessment,
  testId,
});
