import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { verify } from '../../../cli/commands/verify.ts';
import type { Context } from '../../../cli/context.ts';
import { createOutput } from '../../../cli/output.ts';
import { STATEMENT_TYPE } from '../../../contracts/statements.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { KEY_SET, KEYS } from '../domain/custody-fixture.ts';

const PREDICATE = 'https://example.org/review/v1';
const folder = mkdtempSync(join(tmpdir(), 'certus-verify-'));
let written = '';
const context = {
  output: createOutput('json', { write: (text: string) => (written += text) }, { write: () => true }),
  workingDirectory: folder,
  home: folder,
} as unknown as Context;

beforeAll(async () => {
  const statement = {
    _type: STATEMENT_TYPE,
    subject: [{ name: 'a.txt', digest: { sha256: sha256('content') } }],
    predicateType: PREDICATE,
    predicate: {},
  };
  writeFileSync(join(folder, 'a.txt'), 'content');
  writeFileSync(join(folder, 'b.txt'), 'other');
  writeFileSync(join(folder, 'bundle'), await sealStatement(statement, KEYS.evidence.signer));
  writeFileSync(join(folder, 'keys.json'), JSON.stringify(KEY_SET));
  writeFileSync(join(folder, 'key.pem'), KEYS.evidence.trusted.public_key_pem);
  writeFileSync(join(folder, 'other.pem'), KEYS.stranger.trusted.public_key_pem);
  const others = KEY_SET.keys.filter(({ id }) => id !== KEYS.evidence.trusted.id);
  writeFileSync(join(folder, 'others.json'), JSON.stringify({ ...KEY_SET, keys: others }));
  const revoked = { at: '2026-02-01T00:00:00.000Z', reason: 'key_compromise', invalid_since: null };
  const keys = KEY_SET.keys.map((key) => (key.id === KEYS.evidence.trusted.id ? { ...key, revoked } : key));
  writeFileSync(join(folder, 'revoked.json'), JSON.stringify({ ...KEY_SET, keys }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bundle = 'bundle';

test.each([
  ['keys of a set', { keys: 'keys.json' }, 'key_set'],
  ['one key', { key: 'key.pem' }, 'given_key'],
  ['a kind of statement', { keys: 'keys.json', predicateType: PREDICATE }, 'key_set'],
])('a file is verified by %s', async (_, options, by) => {
  written = '';
  expect(await verify(context, 'a.txt', { bundle, ...options })).toBe(0);
  expect(JSON.parse(written)).toMatchObject({ verified: true, by, predicate_type: PREDICATE });
});

test.each([
  ['another file', 'b.txt', { keys: 'keys.json' }],
  ['a key that did not sign it', 'a.txt', { key: 'other.pem' }],
  ['a set without its key', 'a.txt', { keys: 'others.json' }],
  ['a key that was revoked', 'a.txt', { keys: 'revoked.json' }],
  ['another kind of statement', 'a.txt', { keys: 'keys.json', predicateType: 'https://example.org/x' }],
])('%s is refused', async (_, file, options) => {
  await expect(verify(context, file, { bundle, ...options })).rejects.toMatchObject({ exitCode: 65 });
});

test('half an identity is nobody', async () => {
  const half = { bundle, keys: 'keys.json', certificateIdentity: 'ada@example.org' };
  await expect(verify(context, 'a.txt', half)).rejects.toMatchObject({ exitCode: 64 });
});

test('a demand on a signature is not passed over for a folder', async () => {
  await expect(verify(context, '.', { predicateType: PREDICATE })).rejects.toMatchObject({ exitCode: 64 });
});
