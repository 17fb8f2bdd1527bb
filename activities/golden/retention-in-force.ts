import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { KeySet } from '../../contracts/keys.ts';
import { DEFAULT_RETENTION, RetentionPolicy } from '../../contracts/retention.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { openSetting, settingInForce } from '../../domain/custody/setting-order.ts';
import type { Database } from '../../services/database/database.ts';
import { retentionPolicies } from '../../services/database/retention-policies.ts';

type Deps = { readonly database: Pick<Database, 'sql'>; readonly keySet: KeySet };

/** What is kept for how long. A policy that no order set removes nothing: whoever asks is stopped. */
export async function retentionInForce(
  { database, keySet }: Deps,
  { tenant, workspace }: Scope,
): Promise<RetentionPolicy> {
  const rows = await retentionPolicies.newest(database, tenant, workspace);
  try {
    const set = settingInForce(rows, workspace, (row) => openSetting(row, { tenant, keySet }, RETENTION));
    return set?.policy ?? DEFAULT_RETENTION;
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    throw new CertusError('policy_invalid', `nothing is kept or removed, ${error.code}: ${error.message}`, {
      cause: error,
    });
  }
}

const RETENTION: Parameters<typeof openSetting<RetentionPolicy>>[2] = {
  schema: RetentionPolicy,
  setBy: (action) => (action.kind === 'set_retention' ? action : undefined),
};

const DAY_MS = 24 * 3_600_000;

/** Until when golden is locked that is written now; nothing where the policy asks for no lock. */
export async function lockUntil(deps: Deps, scope: Scope, at: Date): Promise<Date | undefined> {
  const { lock_days: days } = await retentionInForce(deps, scope);
  return days === null ? undefined : new Date(at.getTime() + days * DAY_MS);
}
