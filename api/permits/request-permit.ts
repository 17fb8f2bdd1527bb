import { canonicalJson } from '../../contracts/canonical-json.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { rawPrefix } from '../../contracts/object-keys.ts';
import type { PermissionRequest, UploadPermission } from '../../contracts/permission.ts';
import type { PermitAsk } from '../../contracts/workflows.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { permitIdOf } from '../../domain/permit/permit-id.ts';
import { findPermit } from '../../services/database/permits.ts';
import type { ScanRecord } from '../../services/database/scan-record.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { invalid } from '../problems.ts';
import { existingScan } from '../scans/existing-scan.ts';
import { askTrust } from './permit-runs.ts';
import { pendingView, permitView } from './permit-view.ts';

type Deps = Pick<ApiDeps, 'database' | 'temporal' | 'settings' | 'trust'>;

/** Has Trust verify a finished bundle and say whether it may be published. The same request has the same answer. */
export async function requestPermit(
  deps: Deps,
  principal: Principal,
  request: PermissionRequest,
): Promise<UploadPermission> {
  const scope: Scope = { tenant: principal.tenant, workspace: request.workspace_id };
  const scan = finished(await existingScan(deps, scope, request.scan_id));
  const ask = askOf(request);
  const id = permitIdOf(scope, scan.testId, scan.bundleDigest, ask.ground);
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

function askOf(request: PermissionRequest): PermitAsk {
  const { raw_s3, oci_registry } = request.storage_destinations;
  const destinations = [
    ...(raw_s3 ? (['golden'] as const) : []),
    ...(oci_registry ? (['oci'] as const) : []),
  ];
  if (destinations.length === 0)
    throw invalid([{ path: 'storage_destinations', message: 'name at least one destination' }]);
  return {
    ground: `request_${sha256(canonicalJson(request)).slice(0, 32)}`,
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
