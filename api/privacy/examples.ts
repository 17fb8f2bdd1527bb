import { type PrivacyPolicyView, PrivacyScanView } from '../../contracts/privacy.ts';
import { DEFAULT_PRIVACY_POLICY, privacyPolicyDigest } from '../../domain/sanitize/default-privacy-policy.ts';

const DIGEST = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const reviewId = `review_${'0123456789abcdef'.repeat(2)}`;

export const privacyScanExample = PrivacyScanView.parse({
  privacy_scan_id: 'privacy_0123456789abcdef01234567',
  state: 'done',
  bucket: 'uploads',
  prefix: 'customers/',
  quarantine_prefix: 'default/default/held/',
  report_object: 'default/default/privacy-reports/privacy_0123456789abcdef01234567.json',
  scan_id: null,
  dry_run: false,
  policy_digest: DIGEST,
  scanned: 2,
  clean: 1,
  masked: 0,
  quarantined: 1,
  requested_by: 'local',
  started_at: '2026-01-01T00:00:00.000Z',
  ended_at: '2026-01-01T00:00:02.000Z',
  error: null,
  results: [
    {
      key: 'default/default/incoming/customers/list.csv',
      name: 'customers/list.csv',
      sha256: DIGEST,
      format: 'csv',
      outcome: 'quarantined',
      quarantined: true,
      findings: 2,
      kinds: [{ type: 'EMAIL_ADDRESS', count: 2 }],
      places: [{ type: 'EMAIL_ADDRESS', place: 'line 2', confidence: 0.9 }],
      opaque: [],
      review_id: reviewId,
    },
  ],
  next_cursor: null,
});

export const policyViewExample: PrivacyPolicyView = {
  workspace: 'default',
  version: 1,
  digest: privacyPolicyDigest(DEFAULT_PRIVACY_POLICY),
  policy: DEFAULT_PRIVACY_POLICY,
  set_by: 'local',
  set_at: '2026-01-01T00:00:00.000Z',
  order_id: `order_${'0123456789abcdef'.repeat(2)}`,
};

export const policyRequestExample = {
  policy: {
    schema: 'https://certus.dev/privacy-policy/v1',
    name: 'customers',
    documents: { action: 'quarantine', actions: { IP_ADDRESS: 'report', EMAIL_ADDRESS: 'mask' } },
    allow: [{ type: 'EMAIL_ADDRESS', value: 'support@example.com' }],
    custom: [{ type: 'CUSTOMER_NUMBER', pattern: 'C-[0-9]{8}', context: ['customer'] }],
    review: { second_person: true },
  },
};
