import type { AuditedCopy, CopyToAudit } from '../activities/golden/audit-copy.ts';
import type { NewPlatformEvent } from '../contracts/platform-event.ts';

/** News once: a copy that stays as it was found is found again every day. */
export const driftEvent = (
  { scope, testId }: CopyToAudit,
  { place, findings, fingerprint, quarantine }: AuditedCopy,
  at: string,
): NewPlatformEvent => {
  const drift = findings.filter((finding) => finding.drift);
  return {
    tenant: scope.tenant,
    type: 'golden_drift',
    about: testId,
    data: {
      workspace_id: scope.workspace,
      test_id: testId,
      place,
      codes: [...new Set(drift.map(({ code }) => code))].sort(),
      faults: drift.length,
      quarantined: quarantine !== null,
    },
    once: `golden_drift/${scope.workspace}/${testId}/${fingerprint}`,
    at,
  };
};
