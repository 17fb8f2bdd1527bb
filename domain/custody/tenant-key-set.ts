import { canonicalJson } from '../../contracts/canonical-json.ts';
import { KeySetStatement } from '../../contracts/key-registry.ts';
import type { KeySet, TrustedKey } from '../../contracts/keys.ts';
import { CustodyError } from './custody-error.ts';
import { sha256 } from './digest.ts';
import { openStatement } from './open-statement.ts';

/**
 * Whose signatures count for a tenant: the keys that the installation pins in a file, and those on Trust's newest signed
 * list. Of a key on both the list says more: it may have been revoked since.
 */
export function tenantKeySet(platform: KeySet, newest: Uint8Array | undefined, tenant: string): KeySet {
  const pinned = platform.keys.filter((key) => key.tenant === null || key.tenant === tenant);
  const listed = newest === undefined ? [] : openKeySet(platform, newest, tenant).predicate.keys;
  const ids = new Set(listed.map(({ id }) => id));
  return { ...platform, keys: [...pinned.filter(({ id }) => !ids.has(id)), ...listed] };
}

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
