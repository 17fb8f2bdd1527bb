import { canonicalJson } from '../../contracts/canonical-json.ts';
import { DEFAULT_RETENTION, RetentionPolicy, type RetentionView } from '../../contracts/retention.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import type { SettingRecord } from '../../services/database/setting-versions.ts';

export const builtInRetention: RetentionView = {
  workspace: '*',
  version: 0,
  digest: sha256(canonicalJson(DEFAULT_RETENTION)),
  policy: DEFAULT_RETENTION,
  set_by: null,
  set_at: null,
  order_id: null,
};

export const retentionView = (record: SettingRecord): RetentionView => ({
  workspace: record.workspace,
  version: record.version,
  digest: record.digest,
  policy: RetentionPolicy.parse(record.document),
  set_by: record.setBy,
  set_at: record.setAt.toISOString(),
  order_id: record.orderId,
});

export const retentionExample: RetentionView = {
  workspace: 'default',
  version: 1,
  digest: 'a'.repeat(64),
  policy: {
    schema: 'https://certus.dev/retention-policy/v1',
    name: 'a year at hand, seven years in all',
    hot_days: 365,
    delete_after_days: 2555,
    lock_days: null,
  },
  set_by: 'ada',
  set_at: '2026-01-01T00:00:00.000Z',
  order_id: 'order_0123456789abcdef0123456789abcdef',
};
