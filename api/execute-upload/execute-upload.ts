import { CertusError } from '../../contracts/errors.ts';
import type { ExecuteUploadRequest, UploadConfirmation } from '../../contracts/execute-upload.ts';
import { PermitId, type Scope } from '../../contracts/identifiers.ts';
import { RUN_GROUND } from '../../domain/permit/permit-id.ts';
import { findPermit, type PermitRecord } from '../../services/database/permits.ts';
import type { ScanRecord } from '../../services/database/scan-record.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { endedWithin } from '../ended-within.ts';
import { permitView } from '../permits/permit-view.ts';
import { startPublication } from '../permits/publish-with.ts';
import { finished } from '../permits/request-permit.ts';
import { existingScan } from '../scans/existing-scan.ts';
import { artifactFault } from './artifact-fault.ts';
import { type GoldenCopy, goldenCopy } from './golden-copy.ts';
import { permittedIndex } from './read-index.ts';
import { requireNoContradiction } from './require-no-contradiction.ts';
import type { Verifications } from './verifications.ts';

export type ExecuteDeps = Pick<ApiDeps, 'database' | 'objects' | 'settings' | 'temporal' | 'trust'> & {
  readonly verifications: Verifications<GoldenCopy>;
};
type Deps = ExecuteDeps;
type Finished = ReturnType<typeof finished>;

/**
 * Publishes a scan on the permit that it was given, and tells what golden holds of it afterwards. Of a scan that is published
 * already it tells the same. What is wrong with the request is thrown; what goes wrong with the upload is told.
 */
export async function executeUpload(
  deps: Deps,
  principal: Principal,
  request: ExecuteUploadRequest,
  patienceMs: number,
): Promise<UploadConfirmation> {
  const until = performance.now() + patienceMs;
  const scope: Scope = { tenant: principal.tenant, workspace: request.workspace_id };
  const row = await permitOf(deps, scope, request);
  const scan = finished(await existingScan(deps, scope, request.scan_id));
  if (row.bundleDigest !== scan.bundleDigest)
    throw new CertusError('permit_invalid', 'the permit is for another bundle');
  const permit = permitView(deps, scope, row, new Date());
  requireNoContradiction(request, permit);
  const index = await permittedIndex(deps.objects, scope, scan.testId, row.bundleDigest);
  const fault = artifactFault(request.artifacts, index, scan.artifacts);
  if (fault !== null) return failed(request, fault);
  if (scan.uploadStatus === 'uploaded') return published(deps, scope, scan, row, request, until);
  if (scan.uploadStatus === 'quarantined')
    throw new CertusError('quarantined', 'this scan was published, and taken back');
  const publication = { scan, permit, ofRun: row.ground === RUN_GROUND };
  const run = await startPublication(deps.temporal, principal, scope, publication);
  return outcome(deps, scope, row, request, { id: run, until });
}

async function permitOf(
  { database }: Deps,
  scope: Scope,
  { upload_permission_id, scan_id }: ExecuteUploadRequest,
): Promise<PermitRecord> {
  const id = PermitId.safeParse(upload_permission_id).data;
  const row = id === undefined ? undefined : await findPermit(database, scope, id);
  if (row === undefined) throw new CertusError('not_found', 'there is no such permit in this workspace');
  if (row.testId !== scan_id) throw new CertusError('permit_invalid', 'the permit is for another scan');
  return row;
}

type Run = { readonly id: string; readonly until: number };

async function outcome(
  deps: Deps,
  scope: Scope,
  row: PermitRecord,
  request: ExecuteUploadRequest,
  { id, until }: Run,
): Promise<UploadConfirmation> {
  const { temporal } = deps;
  try {
    const ended = await endedWithin(temporal, temporal.workflow.getHandle(id), until - performance.now());
    const scan = finished(await existingScan(deps, scope, request.scan_id));
    if (scan.uploadStatus === 'uploaded') return await published(deps, scope, scan, row, request, until);
    const open = ended === undefined || UNDECIDED.has(scan.uploadStatus);
    return open ? answer(request, { status: 'pending' }) : failed(request, reasonOf(scan));
  } catch (error) {
    if (!(error instanceof CertusError) || error.retryable) throw error;
    return failed(request, `${error.code}: ${error.message}`);
  }
}

/** A person may take days, and another run may be publishing the same. */
const UNDECIDED: ReadonlySet<ScanRecord['uploadStatus']> = new Set(['pending', 'permitted', 'in_review']);

function reasonOf({ uploadStatus, denialReason, errors }: ScanRecord): string {
  const last = errors.at(-1);
  return `${uploadStatus}: ${denialReason ?? (last === undefined ? 'it was not published' : `${last.code}: ${last.message}`)}`;
}

/** What is small is verified by then, however long its publication took. */
const LEAST_MS = 2000;

async function published(
  deps: Deps,
  scope: Scope,
  scan: Finished,
  { id: permitId, bundleDigest }: PermitRecord,
  request: ExecuteUploadRequest,
  until: number,
): Promise<UploadConfirmation> {
  const { testId } = scan;
  const copy = await deps.verifications.within(
    JSON.stringify([scope.tenant, scope.workspace, testId, permitId, bundleDigest]),
    () => goldenCopy(deps, scope, testId, { permitId, bundleDigest }),
    Math.max(LEAST_MS, until - performance.now()),
  );
  if (copy === undefined) return answer(request, { status: 'pending' });
  const { manifest, fault } = copy;
  if (fault !== null) return failed(request, `golden_drifted: ${fault}`);
  const { golden } = deps.objects;
  const { ociReference: oci_reference } = scan;
  return answer(request, {
    status: 'success',
    uploaded_artifacts: manifest.files.map(({ path, sha256 }) => ({
      name: path,
      s3_path: golden.locate(`${manifest.prefix}${path}`),
      oci_reference,
      hash: `sha256:${sha256}`,
      uploaded_at: manifest.promoted_at,
    })),
    s3_prefix: `${golden.locate(manifest.prefix.replace(/\/$/, ''))}/`,
    oci_reference,
  });
}

export const failed = (
  request: Pick<ExecuteUploadRequest, 'scan_id' | 'upload_permission_id'>,
  error_detail: string,
): UploadConfirmation => answer(request, { status: 'failed', error_detail });

const answer = (
  { upload_permission_id, scan_id }: Pick<ExecuteUploadRequest, 'scan_id' | 'upload_permission_id'>,
  known: Partial<UploadConfirmation> & Pick<UploadConfirmation, 'status'>,
): UploadConfirmation => ({
  upload_permission_id,
  scan_id,
  uploaded_artifacts: [],
  s3_prefix: null,
  oci_reference: null,
  error_detail: null,
  timestamp: new Date().toISOString(),
  ...known,
});
