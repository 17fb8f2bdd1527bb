import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { keyId } from '../../../contracts/key-id.ts';
import type { KeySet, TrustedKey } from '../../../contracts/keys.ts';
import type { Inclusion, LogEntry } from '../../../contracts/transparency.ts';
import { checkpointText } from '../../../domain/transparency/checkpoint.ts';
import { leafHash, leafOf } from '../../../domain/transparency/merkle-hash.ts';
import { noteKey, signedNote } from '../../../domain/transparency/signed-note.ts';
import { naivePath, naiveRoot } from './naive-tree.ts';

export const ORIGIN = 'log.example.org/certus';

export type LogKey = { readonly privateKey: KeyObject; readonly trusted: TrustedKey };

export function newLogKey(more: Partial<TrustedKey> = {}): LogKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const public_key_pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const trusted: TrustedKey = {
    id: keyId(public_key_pem),
    role: 'log',
    tenant: null,
    public_key_pem,
    valid_from: '2026-01-01T00:00:00.000Z',
    valid_until: null,
    origin: ORIGIN,
    ...more,
  };
  return { privateKey, trusted };
}

export const keySetOf = (...keys: LogKey[]): KeySet => ({
  schema: 'https://certus.dev/key-set/v1',
  keys: keys.map(({ trusted }) => trusted),
});

export const entryOf = (nth: number, more: Partial<LogEntry> = {}): LogEntry => ({
  v: 1,
  kind: 'permit',
  tenant: 'default',
  workspace: 'default',
  test_id: 'test_0123456789ab',
  name: `permit_${String(nth).padStart(12, '0')}`,
  digest: nth.toString(16).padStart(64, '0'),
  subjects: ['ab'.repeat(32)],
  signer: 'abc',
  at: '2026-02-01T00:00:00.000Z',
  note: null,
  ...more,
});

export const signText = (text: string, { privateKey, trusted }: LogKey, name = ORIGIN): string =>
  signedNote(text, noteKey(name, trusted.public_key_pem)!, sign(null, Buffer.from(text), privateKey));

export function checkpointFor(entries: readonly LogEntry[], key: LogKey, origin = ORIGIN): string {
  const root = naiveRoot(entries.map(leafOf));
  return signText(checkpointText({ origin, size: entries.length, root }), key);
}

export function inclusionOf(index: number, entries: readonly LogEntry[], key: LogKey): Inclusion {
  const leaves = entries.map(leafOf);
  const entryId = leafHash(leaves[index]!).toString('hex');
  return {
    entryId,
    index,
    treeSize: entries.length,
    leafHash: entryId,
    rootHash: naiveRoot(leaves).toString('hex'),
    hashes: naivePath(index, leaves).map((hash) => hash.toString('hex')),
    checkpoint: checkpointFor(entries, key),
  };
}
