import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { rawPrefix } from '../../contracts/object-keys.ts';
import type { UploadPermission } from '../../contracts/permission.ts';
import { workflowId } from '../../contracts/workflow-names.ts';
import type { UploadInput } from '../../contracts/workflows.ts';
import type { ScanRecord } from '../../services/database/scan-record.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { existingScan } from '../scans/existing-scan.ts';
import { startUpload } from '../scans/start-upload.ts';
import { finished } from './request-permit.ts';

type FinishedScan = ReturnType<typeof finished>;

/** Publishes a scan on a permit that was given for it. Asked again, the run that was started first goes on. */
export async function publishWith(
  { database, temporal }: Pick<ApiDeps, 'database' | 'temporal'>,
  principal: Principal,
  scope: Scope,
  permit: UploadPermission,
): Promise<ScanRecord> {
  const scan = finished(await existingScan({ database }, scope, permit.scan_id));
  if (scan.uploadStatus === 'uploaded')
    throw new CertusError('not_uploadable', 'this scan is published already');
  await startPublication(temporal, principal, scope, { scan, permit, ofRun: false });
  return scan;
}

type Publication = {
  readonly scan: FinishedScan;
  readonly permit: UploadPermission;
  /** Whether the run asked for the permit itself: it then goes on where it stopped. */
  readonly ofRun: boolean;
};

/** Starts the run that publishes, or finds it under way; gives back its id. */
export async function startPublication(
  temporal: ApiDeps['temporal'],
  principal: Principal,
  scope: Scope,
  { scan, permit, ofRun }: Publication,
): Promise<string> {
  if (permit.reason === 'permit_expired') throw new CertusError('permit_invalid', permit.detail ?? '');
  if (!permit.permitted)
    throw new CertusError(
      'permit_missing',
      `there is no permit: ${permit.reason ?? 'Trust has not decided'}`,
    );
  const id = permit.upload_permission_id;
  const input: UploadInput = {
    scope,
    component: scan.component,
    assessment: scan.assessment,
    testId: scan.testId,
    bundle: { prefix: rawPrefix(scope, scan.testId), digest: scan.bundleDigest },
    requestedBy: principal.subject,
    ...(ofRun ? {} : { permitId: id }),
  };
  const run = ofRun ? workflowId('upload', input) : `${workflowId('upload', input)}/${id}`;
  await startUpload(temporal, run, input);
  return run;
}
