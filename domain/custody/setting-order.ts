import type { z } from 'zod';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import type { KeySet } from '../../contracts/keys.ts';
import type { TrustAction } from '../../contracts/orders.ts';
import { CustodyError } from './custody-error.ts';
import { openOrder } from './order-statement.ts';

/** A row of a table of policies, and the order that it says it comes from. */
export type StoredSetting = {
  readonly workspace: string;
  readonly version: number;
  readonly setAt: Date;
  readonly document: unknown;
  readonly orderId: string;
  readonly order: Uint8Array | undefined;
};

export type OpenedSetting<P> = {
  readonly policy: P;
  readonly workspace: string;
  readonly version: number;
  readonly givenAt: number;
};

/** What kind of policy it is, and what an order of that kind sets. */
export type SettingKind<P> = {
  readonly schema: z.ZodType<P>;
  readonly setBy: (
    action: TrustAction,
  ) => { readonly workspace: string; readonly policy: unknown } | undefined;
};

/** A policy is one when an administrator's signed order says the very same: a row can be written by others too. */
export function openSetting<P>(
  stored: StoredSetting,
  { tenant, keySet }: { readonly tenant: string; readonly keySet: KeySet },
  { schema, setBy }: SettingKind<P>,
): OpenedSetting<P> {
  const { workspace, version, orderId } = stored;
  if (stored.order === undefined)
    throw new CustodyError('untrusted_signer', `there is no order ${orderId}, which set the policy`);
  const { action, given_at } = openOrder(stored.order, { tenant, id: orderId, keySet });
  const parsed = schema.safeParse(stored.document);
  if (!parsed.success) throw new CustodyError('malformed', 'the stored policy is none');
  const set = setBy(action);
  if (
    set?.workspace !== workspace ||
    stored.setAt.getTime() !== Date.parse(given_at) ||
    canonicalJson(set.policy) !== canonicalJson(parsed.data)
  )
    throw new CustodyError('wrong_scope', `the order ${orderId} did not set this policy`);
  return { policy: parsed.data, workspace, version, givenAt: Date.parse(given_at) };
}

/** By version and by when it was set: a row that is put on top of one is not on top of the other. */
export type NewestBy = { readonly workspace: string; readonly newestBy: 'version' | 'set_at' };

/** The newest of the workspace, else of the tenant; `undefined` where nobody has set one. */
export function settingInForce<
  R extends NewestBy,
  S extends Pick<OpenedSetting<unknown>, 'version' | 'givenAt'>,
>(rows: readonly R[], workspace: string, open: (row: R) => S): S | undefined {
  for (const place of [workspace, '*']) {
    const newest = (by: NewestBy['newestBy']) =>
      rows.find((row) => row.workspace === place && row.newestBy === by);
    const [highest, last] = [newest('version'), newest('set_at')];
    if (highest === undefined || last === undefined) continue;
    return requireLastOrdered(open(highest), open(last));
  }
  return undefined;
}

/**
 * The one of the highest version counts, and it must be the one that was ordered last as well: an old order that was put on
 * top again, however often, would bring back what it had allowed.
 */
function requireLastOrdered<S extends Pick<OpenedSetting<unknown>, 'version' | 'givenAt'>>(
  highest: S,
  lastOrdered: S,
): S {
  if (lastOrdered.givenAt > highest.givenAt)
    throw new CustodyError(
      'wrong_scope',
      `version ${highest.version} was ordered before version ${lastOrdered.version}`,
    );
  return highest;
}
