import { canonicalJson } from '../../contracts/canonical-json.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { rawPrefix } from '../../contracts/object-keys.ts';
import type { PermissionRequest, UploadPermission } from '../../contracts/permission.ts';
import { PolicyMode } from '../../contracts/trust-policy.ts';
import type { PermitAsk } from '../../contracts/workflows.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { permitIdOf } from '../../domain/permit/permit-id.ts';
import { attachedStatements } from '../../services/database/attached-statements.ts';
import { newestKeySet } from '../../services/database/key-sets.ts';
import { findPermit } from '../../services/database/permits.ts';
import type { ScanRecord } from '../../services/database/scan-record.ts';
import { policyVersions } from '../../services/database/trust-policies.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { invalid } from '../problems.ts';
import { existingScan } from '../scans/existing-scan.ts';
import { askTrust } from './permit-runs.ts';
import { pendingView, permitView } from './permit-view.ts';

type Deps = Pick<ApiDeps, 'database' | 'temporal' | 'settings' | 'trust'>;

/**
 * Has Trust verify a finished bundle and say whether it may be published. The same request has the same answer, as long as
 * nothing has changed that the answer hangs on: a statement that was missing can be brought, and what it was missing for
 * be asked for again.
 */
export async function requestPermit(
  deps: Deps,
  principal: Principal,
  request: PermissionRequest,
): Promise<UploadPermission> {
  const scope: Scope = { tenant: principal.tenant, workspace: request.workspace_id };
  const scan = finished(await existingScan(deps, scope, request.scan_id));
  const { id, ask } = await questionOf(deps, scope, scan, request);
  const run = { scope, component: scan.component, assessment: scan.assessment, testId: scan.testId };
  const bundle = { prefix: rawPrefix(scope, scan.testId), digest: scan.bundleDigest };
  if ((await findPermit(deps.database, scope, id)) === undefined)
    await askTrust(deps.temporal, { run, bundle, ask }, id);
  const row = await findPermit(deps.database, scope, id);
  return row === undefined
    ? pendingView(id, scan.testId, request.tier)
    : permitView(deps, scope, row, new Date());
}

export function finished(scan: ScanRecord): ScanRecord & { readonly bundleDigest: string } {
  if (scan.status !== 'SUCCEEDED' || scan.bundleDigest === null)
    throw new CertusError(
      'scan_not_finished',
      `only a finished scan has evidence; this one is ${scan.status}`,
    );
  return { ...scan, bundleDigest: scan.bundleDigest };
}

type Question = { readonly id: string; readonly ask: PermitAsk };

/** A permit that nobody used in its time is no answer any more: asked after it, the question is another one. */
async function questionOf(
  deps: Deps,
  scope: Scope,
  { testId, bundleDigest }: { readonly testId: string; readonly bundleDigest: string },
  request: PermissionRequest,
): Promise<Question> {
  const now = new Date();
  const circumstances = await circumstancesOf(deps, scope, testId);
  for (let expired: string | null = null; ; ) {
    const ask = askOf(request, sha256(canonicalJson({ request, ...circumstances, expired })));
    const id = permitIdOf(scope, testId, bundleDigest, ask.ground);
    const row = await findPermit(deps.database, scope, id);
    if (row === undefined || permitView(deps, scope, row, now).reason !== 'permit_expired')
      return { id, ask };
    expired = id;
  }
}

/** What others said of the bundle, which policies hold, and whose keys count. */
async function circumstancesOf({ database }: Deps, scope: Scope, testId: string) {
  const policyOf = async (workspace: string, mode: PolicyMode) => {
    const [newest] = await policyVersions(database, scope.tenant, { workspace, mode, limit: 1 });
    return newest?.orderId ?? null;
  };
  const [attached, keys, ...policies] = await Promise.all([
    attachedStatements(database, scope, testId),
    newestKeySet(database, scope.tenant),
    ...[scope.workspace, '*'].flatMap((place) => PolicyMode.options.map((mode) => policyOf(place, mode))),
  ]);
  return {
    attached: attached.map(({ digest }) => digest),
    keys: keys === undefined ? null : sha256(keys),
    policies,
  };
}

function askOf(request: PermissionRequest, digest: string): PermitAsk {
  const { raw_s3, oci_registry } = request.storage_destinations;
  const destinations = [
    ...(raw_s3 ? (['golden'] as const) : []),
    ...(oci_registry ? (['oci'] as const) : []),
  ];
  if (destinations.length === 0)
    throw invalid([{ path: 'storage_destinations', message: 'name at least one destination' }]);
  return {
    ground: `request_${digest.slice(0, 32)}`,
    tier: request.tier,
    destinations,
    signer: request.inner_signature?.signer ?? null,
    artifacts: request.artifacts.map(({ name, hash, size }) => ({
      name,
      sha256: hash.replace('sha256:', ''),
      size: size ?? null,
    })),
  };
}
