import type { Order } from '../../../contracts/orders.ts';
import type { SettingRecord, SettingVersions } from '../../../services/database/setting-versions.ts';
import type { TrustDeps } from '../deps.ts';
import { addVersion } from './add-version.ts';

export type Setting = {
  readonly workspace: string;
  readonly document: object;
  readonly digest: string;
};

/**
 * Adds a version of what an administrator sets for Transform; what was set before stays on record. The order itself is the
 * proof that it was set.
 */
export async function setSetting(
  { database, log }: TrustDeps,
  order: Order,
  what: 'privacy' | 'retention',
  versions: SettingVersions,
  setting: Setting,
): Promise<{ workspace: string; version: number; digest: string }> {
  const { tenant, id } = order;
  const { workspace, version, digest } = await addVersion<SettingRecord>(order, {
    ofOrder: () => versions.ofOrder(database, tenant, id),
    newest: async () =>
      (await versions.list(database, tenant, { workspace: setting.workspace, limit: 1 }))[0],
    add: async (added) => {
      const record = { ...added, ...setting };
      return (await versions.add(database, tenant, record)) ? record : undefined;
    },
  });
  await log.append([
    {
      v: 1,
      kind: 'policy',
      tenant,
      workspace: workspace === '*' ? null : workspace,
      test_id: null,
      name: `${what}/${workspace}/${version}`,
      digest,
      subjects: [],
      signer: order.by,
      at: order.given_at,
      note: `${what} by ${id}`,
    },
  ]);
  return { workspace, version, digest };
}
