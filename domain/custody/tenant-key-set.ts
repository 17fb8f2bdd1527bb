import { canonicalJson } from '../../contracts/canonical-json.ts';
import { KeySetStatement } from '../../contracts/key-registry.ts';
import type { KeySet, Revocation, TrustedKey } from '../../contracts/keys.ts';
import { CustodyError } from './custody-error.ts';
import { sha256 } from './digest.ts';
import { openStatement } from './open-statement.ts';

/**
 * Whose signatures count for a tenant: the keys that the installation pins in a file, and those on Trust's newest signed
 * list. A key on both is believed no further than either says: whoever takes it back in one place must not be overruled by
 * the other.
 */
export function tenantKeySet(platform: KeySet, newest: Uint8Array | undefined, tenant: string): KeySet {
  const pinned = platform.keys.filter((key) => key.tenant === null || key.tenant === tenant);
  const listed = newest === undefined ? [] : openKeySet(platform, newest, tenant).predicate.keys;
  const ids = new Set(listed.map(({ id }) => id));
  const both = listed.map((key) =>
    narrowed(
      key,
      pinned.find(({ id }) => id === key.id),
    ),
  );
  return { ...platform, keys: [...pinned.filter(({ id }) => !ids.has(id)), ...both] };
}

function narrowed(listed: TrustedKey, pinned: TrustedKey | undefined): TrustedKey {
  if (pinned === undefined) return listed;
  const revoked = furthest(listed.revoked, pinned.revoked);
  const [first = null] = [listed.valid_until, pinned.valid_until]
    .filter((until) => until !== null)
    .sort((a, b) => Date.parse(a) - Date.parse(b));
  return { ...listed, valid_until: first, ...(revoked === undefined ? {} : { revoked }) };
}

/** The one that leaves less of what the key signed. */
function furthest(one: Revocation | undefined, other: Revocation | undefined): Revocation | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return sinceOf(other) < sinceOf(one) ? other : one;
}

const sinceOf = ({ invalid_since }: Revocation): number =>
  invalid_since === null ? Number.NEGATIVE_INFINITY : Date.parse(invalid_since);

/** A list counts only as signed by Trust's pinned key, and only for evidence of the tenant that it names. */
export function openKeySet(platform: KeySet, bytes: Uint8Array, tenant: string): KeySetStatement {
  const { statement } = openStatement(bytes, {
    schema: KeySetStatement,
    role: 'permit',
    tenant,
    keySet: platform,
    madeAt: ({ predicate }) => predicate.issued_at,
  });
  const { predicate, subject } = statement;
  if (predicate.tenant !== tenant) throw new CustodyError('wrong_scope', 'the list is of another tenant');
  if (subject[0]?.digest.sha256 !== sha256(canonicalJson(predicate.keys)))
    throw new CustodyError('subject_mismatch', 'the list is not the one that its subject names');
  const foreign = predicate.keys.find((key) => key.role !== 'evidence' || key.tenant !== tenant);
  if (foreign !== undefined)
    throw new CustodyError('wrong_scope', `the list has a key that it cannot speak for: ${foreign.id}`);
  requireDifferent(predicate.keys, platform);
  return statement;
}

/** A key that the installation pins for something else would else gain a second meaning. */
function requireDifferent(keys: readonly TrustedKey[], platform: KeySet): void {
  for (const { id } of keys) {
    const pinned = platform.keys.find((key) => key.id === id);
    if (pinned !== undefined && pinned.role !== 'evidence')
      throw new CustodyError('wrong_scope', `the list names the ${pinned.role} key ${id} for evidence`);
  }
}
