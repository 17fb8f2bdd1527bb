import { documentsPrefix, heldPrefix, privacyReportKey, rawPrefix } from '../../contracts/object-keys.ts';
import { PrivacyPolicy, type PrivacyPolicyView, type PrivacyScanView } from '../../contracts/privacy.ts';
import { DEFAULT_PRIVACY_POLICY, privacyPolicyDigest } from '../../domain/sanitize/default-privacy-policy.ts';
import type { privacyPolicies } from '../../services/database/privacy-policies.ts';
import type { PrivacyScanRecord } from '../../services/database/privacy-scans.ts';
import type { ApiDeps } from '../deps.ts';

type Buckets = Pick<ApiDeps['settings'], 'CERTUS_UPLOADS_BUCKET' | 'CERTUS_RAW_BUCKET'>;

/** Keys are told as the store has them, as clients of the earlier system know it. */
export const privacyScanView = (
  scan: PrivacyScanRecord,
  buckets: Buckets,
): Omit<PrivacyScanView, 'results' | 'next_cursor'> => ({
  privacy_scan_id: scan.id,
  state: scan.state,
  bucket: scan.testId === null ? buckets.CERTUS_UPLOADS_BUCKET : buckets.CERTUS_RAW_BUCKET,
  prefix:
    scan.testId === null
      ? `${documentsPrefix(scan.scope)}${scan.prefix ?? ''}`
      : rawPrefix(scan.scope, scan.testId),
  quarantine_prefix: heldPrefix(scan.scope),
  report_object: scan.state === 'done' ? privacyReportKey(scan.scope, scan.id) : null,
  scan_id: scan.testId,
  dry_run: scan.dryRun,
  policy_digest: scan.policyDigest,
  scanned: scan.scanned,
  clean: scan.clean,
  masked: scan.masked,
  quarantined: scan.quarantined,
  requested_by: scan.requestedBy,
  started_at: scan.startedAt.toISOString(),
  ended_at: scan.endedAt?.toISOString() ?? null,
  error: scan.error,
});

type SettingRecord = Awaited<ReturnType<typeof privacyPolicies.list>>[number];

/** As it was set. Whether it counts, Transform tells by the order that it names. */
export const privacyPolicyView = (record: SettingRecord): PrivacyPolicyView => ({
  workspace: record.workspace,
  version: record.version,
  digest: record.digest,
  policy: PrivacyPolicy.parse(record.document),
  set_by: record.setBy,
  set_at: record.setAt.toISOString(),
  order_id: record.orderId,
});

export const builtInPrivacyPolicy: PrivacyPolicyView = {
  workspace: '*',
  version: 0,
  digest: privacyPolicyDigest(DEFAULT_PRIVACY_POLICY),
  policy: DEFAULT_PRIVACY_POLICY,
  set_by: null,
  set_at: null,
  order_id: null,
};
