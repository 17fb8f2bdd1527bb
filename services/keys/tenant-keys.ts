import { CertusError } from '../../contracts/errors.ts';
import type { KeySet } from '../../contracts/keys.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { tenantKeySet } from '../../domain/custody/tenant-key-set.ts';
import type { Database } from '../database/database.ts';
import { newestKeySet } from '../database/key-sets.ts';

/** The keys that count for a tenant now. A list that Trust has not signed is a reason to stop, and not to go by the file. */
export async function tenantKeys(database: Database, pinned: KeySet, tenant: string): Promise<KeySet> {
  const newest = await newestKeySet(database, tenant);
  try {
    return tenantKeySet(pinned, newest, tenant);
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    throw new CertusError(
      'key_unusable',
      `the list of keys of ${tenant} does not hold, ${error.code}: ${error.message}`,
      { cause: error },
    );
  }
}
