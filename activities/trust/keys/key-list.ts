import { CertusError } from '../../../contracts/errors.ts';
import { KeySetStatement } from '../../../contracts/key-registry.ts';
import type { TrustedKey } from '../../../contracts/keys.ts';
import { CustodyError } from '../../../domain/custody/custody-error.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { openKeySet } from '../../../domain/custody/tenant-key-set.ts';
import { digestOfKeys, keySetStatement } from '../../../domain/keys/key-set-statement.ts';
import { findList, type KeyChange, type StoredKeySet } from '../../../services/database/change-keys.ts';
import type { TrustDeps } from '../deps.ts';

export type Under = { readonly tenant: string; readonly orderId: string };
type Deps = Pick<TrustDeps, 'keySet' | 'permitSigner' | 'now'>;

/**
 * The keys on the newest list that Trust signed. Rows of keys are not asked: whoever can write into the database would
 * else have Trust sign for a key of their own with its next list.
 */
export async function listedKeys(
  { keySet }: Pick<Deps, 'keySet'>,
  change: KeyChange,
  tenant: string,
): Promise<TrustedKey[]> {
  const newest = await change.newestList();
  return newest === undefined ? [] : opened(keySet, newest, tenant).keys;
}

/** Signs the next version of the list, with the order by which it comes about. */
export async function issueKeySet(
  { permitSigner, now }: Deps,
  change: KeyChange,
  { tenant, orderId }: Under,
  keys: readonly TrustedKey[],
): Promise<StoredKeySet> {
  const version = ((await change.newestList())?.version ?? 0) + 1;
  const issuedAt = now();
  const statement = keySetStatement({ tenant, version, issuedAt, keys, orderId });
  if (!KeySetStatement.safeParse(statement).success)
    throw new CertusError('invalid_request', 'the list of keys cannot take this key');
  const sealed = await sealStatement(statement, permitSigner);
  const list = { version, statement: sealed, digest: sha256(sealed), issuedAt };
  await change.addList(list);
  return list;
}

/**
 * Puts the version of the list that came about by an order into the log, where its being taken back would be seen. Doing so
 * again changes nothing. That it came about, a row says and only the list proves.
 */
export async function logKeySet(
  { database, log, keySet, permitSigner }: Pick<TrustDeps, 'database' | 'log' | 'keySet' | 'permitSigner'>,
  { tenant, orderId }: Under,
  version: number,
): Promise<void> {
  const list = await findList(database, tenant, version);
  if (list === undefined)
    throw new CertusError('internal_error', `version ${version} of the list of keys is gone`);
  const { order, keys } = opened(keySet, list, tenant);
  if (order !== orderId)
    throw new CertusError('order_invalid', `version ${version} of the list of keys is not of ${orderId}`);
  await log.append([
    {
      v: 1,
      kind: 'key_set',
      tenant,
      workspace: null,
      test_id: null,
      name: String(version),
      digest: sha256(list.statement),
      subjects: [digestOfKeys(keys)],
      signer: permitSigner.keyId,
      at: list.issuedAt.toISOString(),
      note: null,
    },
  ]);
}

function opened(
  platform: TrustDeps['keySet'],
  list: StoredKeySet,
  tenant: string,
): KeySetStatement['predicate'] {
  try {
    const { predicate } = openKeySet(platform, list.statement, tenant);
    // an old list under a new number would take a revocation back
    if (predicate.version !== list.version)
      throw new CustodyError('wrong_scope', `the list under version ${list.version} is ${predicate.version}`);
    return predicate;
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    throw new CertusError('signature_invalid', `the newest list of keys does not hold: ${error.message}`);
  }
}
