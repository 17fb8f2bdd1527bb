import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import type { PrivacyScanInput, PrivacyScanRequest } from '../../contracts/privacy.ts';
import { WORKFLOWS } from '../../contracts/workflow-names.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { openPrivacyScan } from '../../services/database/privacy-scans.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { endedWithin } from '../ended-within.ts';
import { existingScan } from '../scans/existing-scan.ts';

const START_MS = 5000;
const PATIENCE_MS = 5000;

/** Begins a scan and waits a moment: a few documents are looked through by then. */
export async function startPrivacyScan(
  deps: ApiDeps,
  { tenant, subject }: Principal,
  request: z.output<typeof PrivacyScanRequest>,
): Promise<PrivacyScanInput> {
  const { workspace_id: workspace, prefix, scan_id: testId, dry_run: dryRun } = request;
  if (testId !== undefined) await requireEvidence(deps, { tenant, workspace }, testId);
  const input: PrivacyScanInput = {
    tenant,
    workspace,
    id: `privacy_${randomBytes(12).toString('hex')}`,
    prefix: prefix ?? null,
    testId: testId ?? null,
    dryRun,
    requestedBy: subject,
  };
  const { temporal } = deps;
  const handle = await temporal.withDeadline(Date.now() + START_MS, () =>
    temporal.workflow.start(WORKFLOWS.privacyScan, {
      workflowId: `privacy-scan/${workspace}/${input.id}`,
      taskQueue: taskQueue('transform'),
      args: [input],
    }),
  );
  await openPrivacyScan(deps.database, input, new Date());
  try {
    await endedWithin(temporal, handle, PATIENCE_MS);
  } catch (error) {
    // why it failed stands in its row, and is told like any other end
    if (!(error instanceof CertusError) || error.retryable) throw error;
  }
  return input;
}

async function requireEvidence(
  deps: ApiDeps,
  scope: { tenant: string; workspace: string },
  testId: string,
): Promise<void> {
  const { bundleDigest } = await existingScan(deps, scope, testId);
  if (bundleDigest === null) throw new CertusError('scan_not_finished', 'this scan has no evidence yet');
}
