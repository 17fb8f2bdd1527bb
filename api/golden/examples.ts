import type { AuditView, GoldenCopyView } from '../../contracts/retention.ts';

const TEST_ID = 'docs_0123456789abcdef01234567';

export const goldenCopyExample: GoldenCopyView = {
  test_id: TEST_ID,
  workspace_id: 'default',
  component_id: 'documents',
  kind: 'documents',
  bundle_digest: 'a'.repeat(64),
  golden_manifest: `s3://golden/default/default/documents/${TEST_ID}/golden-manifest.json`,
  files: 9,
  bytes: 40960,
  promoted_at: '2026-01-01T00:00:00.000Z',
  class: 'hot',
  class_since: '2026-01-01T00:00:00.000Z',
  legal_hold: null,
  quarantined: false,
  audited_at: '2026-01-02T00:00:00.000Z',
  drift: [],
  notices: [],
  deletion: null,
};

export const auditExample: AuditView = {
  audit_id: 'audit_0123456789abcdef01234567',
  state: 'done',
  sample: 1,
  workspace_id: 'default',
  checked: 12,
  drifted: 1,
  drift: [
    {
      test_id: TEST_ID,
      workspace_id: 'default',
      code: 'hash_mismatch',
      path: 'documents/active/readme.md',
      message: 'is not what was promoted',
    },
  ],
  notices: [],
  started_at: '2026-01-02T00:00:00.000Z',
  ended_at: '2026-01-02T00:00:04.000Z',
};
