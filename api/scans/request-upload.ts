import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { rawPrefix } from '../../contracts/object-keys.ts';
import type { UploadRequest } from '../../contracts/scan-control.ts';
import { workflowId } from '../../contracts/workflow-names.ts';
import type { UploadInput } from '../../contracts/workflows.ts';
import type { ScanRecord } from '../../services/database/scan-record.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { existingScan } from './existing-scan.ts';
import { startUpload } from './start-upload.ts';

/** Asks Trust about a finished scan that was kept back. Asked twice, the second finds the first. */
export async function requestUpload(
  { database, temporal }: Pick<ApiDeps, 'database' | 'temporal'>,
  principal: Principal,
  testId: string,
  { workspace_id, requested_by }: UploadRequest,
): Promise<ScanRecord> {
  const scope: Scope = { tenant: principal.tenant, workspace: workspace_id };
  const scan = uploadable(await existingScan({ database }, scope, testId));
  const input: UploadInput = {
    scope,
    component: scan.component,
    assessment: scan.assessment,
    testId,
    bundle: { prefix: rawPrefix(scope, testId), digest: scan.bundleDigest },
    requestedBy: requested_by ?? principal.subject,
  };
  await startUpload(temporal, workflowId('upload', input), input);
  return scan;
}

function uploadable(scan: ScanRecord): ScanRecord & { bundleDigest: string } {
  if (scan.status !== 'SUCCEEDED')
    throw new CertusError(
      'scan_not_finished',
      `only a finished scan can be uploaded; this one is ${scan.status}`,
    );
  if (scan.bundleDigest === null || scan.request?.publish !== false)
    throw new CertusError('not_uploadable', 'this scan went to permit and publication by itself');
  return { ...scan, bundleDigest: scan.bundleDigest };
}
