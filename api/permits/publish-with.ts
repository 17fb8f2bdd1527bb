import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { rawPrefix } from '../../contracts/object-keys.ts';
import type { UploadPermission } from '../../contracts/permission.ts';
import { WORKFLOWS, workflowId } from '../../contracts/workflow-names.ts';
import type { UploadInput } from '../../contracts/workflows.ts';
import { taskQueue } from '../../contracts/zones.ts';
import type { ScanRecord } from '../../services/database/scan-record.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { existingScan } from '../scans/existing-scan.ts';
import { searchAttributes } from '../scans/scan-runs.ts';
import { finished } from './request-permit.ts';

const PATIENCE_MS = 5000;

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
    permitId: id,
  };
  try {
    await temporal.withDeadline(Date.now() + PATIENCE_MS, () =>
      temporal.workflow.start(WORKFLOWS.upload, {
        workflowId: `${workflowId('upload', input)}/${id}`,
        taskQueue: taskQueue('assurance'),
        args: [input],
        typedSearchAttributes: searchAttributes(input, 'RUNNING'),
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error; // it was published with it before
  }
  return scan;
}
