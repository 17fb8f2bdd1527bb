import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CustodyError } from '../../../domain/custody/custody-error.ts';
import { checkpointText, openCheckpoint } from '../../../domain/transparency/checkpoint.ts';
import { logProof, verifyLogProof } from '../../../domain/transparency/log-proof.ts';
import { leafOf } from '../../../domain/transparency/merkle-hash.ts';
import { noteKey, openNote, verifierKey } from '../../../domain/transparency/signed-note.ts';
import { checkpointFor, entryOf, inclusionOf, keySetOf, newLogKey, ORIGIN, signText } from './made-log.ts';
import { naiveRoot } from './naive-tree.ts';

const key = newLogKey();
const keySet = keySetOf(key);
const entries = Array.from({ length: 11 }, (_, nth) => entryOf(nth));
const proof = logProof(inclusionOf(6, entries, key));

const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof CustodyError) return error.code;
    throw error;
  }
  return 'none';
};
const refused = (text: string | Uint8Array, set = keySet, entry = entries[6]!) =>
  codeOf(() => verifyLogProof(text, entry, set));

describe('a proof that travels', () => {
  test('holds for its entry, as text and as bytes, with or without extra data', () => {
    expect(verifyLogProof(proof, entries[6]!, keySet)).toEqual({ index: 6, size: 11, keyId: key.trusted.id });
    expect(verifyLogProof(Buffer.from(proof), entries[6]!, keySet).index).toBe(6);
    expect(verifyLogProof(proof.replace('\n', '\nextra YWJj\n'), entries[6]!, keySet).index).toBe(6);
    const only = logProof(inclusionOf(0, [entries[0]!], key));
    expect(verifyLogProof(only, entries[0]!, keySet)).toMatchObject({ index: 0, size: 1 });
  });

  test('is written as C2SP has it', () => {
    const lines = proof.split('\n');
    expect(lines.slice(0, 2)).toEqual(['c2sp.org/tlog-proof@v1', 'index 6']);
    expect(lines.slice(2, 6).every((line) => Buffer.from(line, 'base64').length === 32)).toBe(true);
    expect(lines.slice(6, 9)).toEqual(['', ORIGIN, '11']);
    expect(lines[11]).toMatch(/^— log\.example\.org\/certus [A-Za-z0-9+/]+=*$/);
  });

  test('fails for every other entry, and for the same one with any field changed', () => {
    expect(refused(proof, keySet, entries[5])).toBe('log_proof_invalid');
    const changes = [
      { note: 'x' },
      { tenant: 'other' },
      { digest: 'c'.repeat(64) },
      { kind: 'denial' as const },
    ];
    for (const change of changes)
      expect(refused(proof, keySet, { ...entries[6]!, ...change })).toBe('log_proof_invalid');
  });

  test('fails with any byte changed, cut off or added', () => {
    const bytes = Buffer.from(proof);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = Buffer.from(bytes);
        changed[at]! ^= by;
        expect(refused(changed)).toBe('log_proof_invalid');
      }),
      { numRuns: 500 },
    );
    for (let length = 0; length < bytes.length; length += 1)
      expect(refused(bytes.subarray(0, length))).toBe('log_proof_invalid');
    for (const more of ['\n', 'x', '\n\n', '\0']) expect(refused(proof + more)).toBe('log_proof_invalid');
  });

  test('fails under the key of another log, of another role, and under none', () => {
    expect(refused(proof, keySetOf(newLogKey()))).toBe('log_proof_invalid');
    const permit = { ...key, trusted: { ...key.trusted, role: 'permit' as const } };
    expect(refused(proof, keySetOf(permit))).toBe('log_proof_invalid');
    const elsewhere = { ...key, trusted: { ...key.trusted, origin: 'another.example/log' } };
    expect(refused(proof, keySetOf(elsewhere))).toBe('log_proof_invalid');
  });

  test('an entry made after its key ended or was known to be stolen is not believed, an earlier one is', () => {
    const at = (change: object) => keySetOf({ ...key, trusted: { ...key.trusted, ...change } });
    const revoked = (invalid_since: string | null) =>
      at({ revoked: { at: '2026-03-01T00:00:00Z', reason: 'key_compromise', invalid_since } });
    expect(refused(proof, revoked(null))).toBe('key_revoked');
    expect(refused(proof, revoked('2026-01-15T00:00:00Z'))).toBe('key_revoked');
    expect(refused(proof, revoked('2026-02-15T00:00:00Z'))).toBe('none');
    expect(refused(proof, at({ valid_until: '2026-01-15T00:00:00Z' }))).toBe('key_not_valid_then');
    expect(refused(proof, at({ valid_until: '2026-02-15T00:00:00Z' }))).toBe('none');
  });

  test('what is far too long is refused before it is read', () => {
    expect(refused(`${proof.split('\n\n')[0]}\n${'A'.repeat(300_000)}`)).toBe('log_proof_invalid');
  });
});

describe('a checkpoint', () => {
  const note = checkpointFor(entries, key);

  test('opens under its pinned key alone', () => {
    const root = naiveRoot(entries.map(leafOf));
    expect(openCheckpoint(note, keySet)).toEqual({ origin: ORIGIN, size: 11, root, key: key.trusted });
    expect(codeOf(() => openCheckpoint(note, keySetOf(newLogKey())))).toBe('log_proof_invalid');
  });

  test('names its own log: a key that signs for one does not speak for another', () => {
    const foreign = checkpointFor(entries, key, 'another.example/log');
    expect(codeOf(() => openCheckpoint(foreign, keySet))).toBe('log_proof_invalid');
  });

  test.each([
    ['a size with a leading zero', `${ORIGIN}\n011\n${'A'.repeat(43)}=\n`],
    ['a negative size', `${ORIGIN}\n-1\n${'A'.repeat(43)}=\n`],
    ['a size beyond what numbers hold', `${ORIGIN}\n9007199254740993\n${'A'.repeat(43)}=\n`],
    ['a short root', `${ORIGIN}\n11\nAAAA\n`],
    ['a root in another spelling', `${ORIGIN}\n11\n${'A'.repeat(42)}B=\n`],
    ['an empty tree with a root of its own', `${ORIGIN}\n0\n${'A'.repeat(43)}=\n`],
    ['no root', `${ORIGIN}\n11\n`],
  ])('signed with %s is none', (_, text) => {
    expect(codeOf(() => openCheckpoint(signText(text, key), keySet))).toBe('log_proof_invalid');
  });

  test('lines of extension and signatures of strangers change nothing', () => {
    const root = naiveRoot(entries.map(leafOf));
    const text = `${checkpointText({ origin: ORIGIN, size: 11, root })}extension\n`;
    expect(openCheckpoint(signText(text, key), keySet).size).toBe(11);
    const stranger = signText(checkpointText({ origin: ORIGIN, size: 11, root }), newLogKey())
      .split('\n')
      .at(-2);
    expect(openCheckpoint(`${note}${stranger}\n`, keySet).size).toBe(11);
  });

  test('a wrong signature in the name of a known key spoils it, beside a right one too', () => {
    const wrong = checkpointFor(entries.slice(1), key).split('\n').at(-2);
    expect(codeOf(() => openCheckpoint(`${note}${wrong}\n`, keySet))).toBe('log_proof_invalid');
  });

  test('of a revoked key says nothing, since it tells no time', () => {
    const revoked = {
      at: '2026-03-01T00:00:00Z',
      reason: 'superseded' as const,
      invalid_since: '2026-03-01T00:00:00Z',
    };
    const set = keySetOf({ ...key, trusted: { ...key.trusted, revoked } });
    expect(codeOf(() => openCheckpoint(note, set))).toBe('key_revoked');
  });
});

/** Made with golang.org/x/mod/sumdb/note, which others watch logs with. */
test('a note that another implementation has signed opens under the key as that one writes it', () => {
  const vkey = 'log.example.org/other+284e26c4+ASOsWzTCWHnKP6XMgFsbq4SGQoMuqEpyWqXXrHj1WOol';
  const text = 'first line\n\nthird line: żółw\n';
  const signature =
    'KE4mxE/QfElk7MSfka4F8Do8ai2U18fUebliohxStiObVLCO1nRt4DzSD5kH/3gkw4yLpAcaFi7rzgzRhTnl+91x3w0=';
  const raw = Buffer.from(vkey.split('+').at(-1)!, 'base64').subarray(1);
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]).toString('base64');
  const pem = `-----BEGIN PUBLIC KEY-----\n${der}\n-----END PUBLIC KEY-----\n`;
  expect(verifierKey('log.example.org/other', pem)).toBe(vkey);
  const known = noteKey('log.example.org/other', pem)!;
  const note = `${text}\n— log.example.org/other ${signature}\n`;
  expect(openNote(note, [known])?.text).toBe(text);
  expect(openNote(note.replace('third', 'Third'), [known])).toBeUndefined();
  const p256 = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey;
  expect(noteKey('a', p256.export({ type: 'spki', format: 'pem' }).toString())).toBeUndefined();
});
