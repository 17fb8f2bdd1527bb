import { CertusError } from '../../../contracts/errors.ts';
import type { BundleReference, PermitDecision, RunIdentity } from '../../../contracts/workflows.ts';
import { findPermit } from '../../../services/database/permits.ts';
import type { TrustDeps } from '../deps.ts';
import { logDecision } from './log-decision.ts';

/** A permit that was given before, on somebody's request or by breaking the glass: it must be for this very bundle. */
export async function usePermit(
  deps: TrustDeps,
  { scope, testId }: RunIdentity,
  bundle: BundleReference,
  permitId: string,
): Promise<PermitDecision> {
  const row = await findPermit(deps.database, scope, permitId);
  if (row === undefined || row.testId !== testId || row.bundleDigest !== bundle.digest)
    throw new CertusError('permit_missing', `there is no permit ${permitId} for this bundle`);
  await logDecision(deps, scope, row);
  return { permitId, permitted: row.permitted, reason: row.reason };
}
