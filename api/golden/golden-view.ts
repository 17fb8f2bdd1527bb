import pMap from 'p-map';
import { quarantineNoticeKey } from '../../contracts/object-keys.ts';
import type { AuditFinding, AuditView } from '../../contracts/retention.ts';
import { GoldenCopyView } from '../../contracts/retention.ts';
import type { AuditRecord } from '../../services/database/golden-audits.ts';
import type { GoldenCopyRecord } from '../../services/database/golden-copies.ts';
import type { ApiDeps } from '../deps.ts';

const { legal_hold: Hold, deletion: Deletion } = GoldenCopyView.shape;

/** Whether a copy is in quarantine no row says: that is asked where whoever shows it asks as well. */
export const goldenCopyViews = (
  { objects: { golden } }: Pick<ApiDeps, 'objects'>,
  records: readonly GoldenCopyRecord[],
): Promise<GoldenCopyView[]> =>
  pMap(
    records,
    async (record) => ({
      test_id: record.testId,
      workspace_id: record.scope.workspace,
      component_id: record.component,
      kind: record.kind,
      bundle_digest: record.bundleDigest,
      golden_manifest: golden.locate(record.manifestKey),
      files: record.files,
      bytes: record.bytes,
      promoted_at: record.promotedAt.toISOString(),
      class: record.class,
      class_since: record.classSince.toISOString(),
      legal_hold: Hold.parse(record.legalHold),
      quarantined: (await golden.head(quarantineNoticeKey(record.scope, record.testId))) !== undefined,
      audited_at: record.auditedAt?.toISOString() ?? null,
      ...apart(record.findings),
      deletion: Deletion.parse(record.deletion),
    }),
    { concurrency: 16 },
  );

export function auditView(record: AuditRecord): AuditView {
  const findings = record.findings.map(({ workspace, testId, ...finding }) => ({
    test_id: testId,
    workspace_id: workspace,
    ...finding,
  }));
  return {
    audit_id: record.id,
    state: record.state,
    sample: record.sample,
    workspace_id: record.workspace,
    checked: record.checked,
    drifted: record.drifted,
    ...apart(findings),
    started_at: record.startedAt.toISOString(),
    ended_at: record.endedAt?.toISOString() ?? null,
  };
}

/** What has changed, and what people should know all the same. */
function apart<F extends AuditFinding>(findings: readonly F[]) {
  const told = ({ drift: _, ...finding }: F): Omit<F, 'drift'> => finding;
  return {
    drift: findings.filter(({ drift }) => drift).map(told),
    notices: findings.filter(({ drift }) => !drift).map(told),
  };
}
