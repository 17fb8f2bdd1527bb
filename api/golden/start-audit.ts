import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import type { AuditInput, AuditRequest } from '../../contracts/retention.ts';
import { goldenAuditWorkflowId, WORKFLOWS } from '../../contracts/workflow-names.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { openAudit } from '../../services/database/golden-audits.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { endedWithin } from '../ended-within.ts';

const START_MS = 5000;
const PATIENCE_MS = 5000;

/** Begins an audit of what belongs to the tenant and waits a moment: a few copies are looked at by then. */
export async function startAudit(
  { temporal, database }: Pick<ApiDeps, 'temporal' | 'database'>,
  { tenant }: Principal,
  { workspace_id, sample }: z.output<typeof AuditRequest>,
): Promise<string> {
  const id = `audit_${randomBytes(12).toString('hex')}`;
  const workspace = workspace_id ?? null;
  const handle = await temporal.withDeadline(Date.now() + START_MS, () =>
    temporal.workflow.start(WORKFLOWS.goldenAudit, {
      workflowId: goldenAuditWorkflowId(id),
      taskQueue: taskQueue('transform'),
      args: [{ tenant, workspace, id, sample } satisfies AuditInput],
    }),
  );
  await openAudit(database, { id, tenant, workspace, sample, startedAt: new Date() });
  try {
    await endedWithin(temporal, handle, PATIENCE_MS);
  } catch (error) {
    // that it failed stands in its row, and is told like any other end
    if (!(error instanceof CertusError) || error.retryable) throw error;
  }
  return id;
}
