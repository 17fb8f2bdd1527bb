import type { RunRecord } from '../activities/scan/record-scan.ts';
import type { Notify } from '../contracts/manifest.ts';
import type { NotifyInput } from '../contracts/notification.ts';
import { notifyTargets } from '../contracts/notify-targets.ts';
import type { ScanRun } from '../contracts/workflows.ts';

/** What those whom the profile names are told of a run that has ended. */
export const scanNews = (
  { scope, component, assessment, testId, profile }: ScanRun,
  run: RunRecord,
  wanted: Notify | undefined,
): NotifyInput => ({
  targets: notifyTargets(wanted),
  event: {
    event: 'scan.completed',
    tenant: scope.tenant,
    workspace_id: scope.workspace,
    component_id: component,
    assessment_id: assessment,
    test_id: testId,
    profile,
    status: run.status,
    verdict: run.assessment?.verdict ?? null,
    findings: run.assessment?.counts ?? null,
    changes: run.assessment?.changes ?? null,
    completed_at: run.completedAt ?? run.startedAt,
    url: null,
  },
});
