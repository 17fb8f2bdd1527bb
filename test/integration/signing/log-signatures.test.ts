// needs: postgres
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { logSignatures, type SignatureLogDeps } from '../../../activities/sign/log-signatures.ts';
import { bundleKey, contentKey } from '../../../activities/sign/signature-objects.ts';
import { signaturesPrefix } from '../../../contracts/object-keys.ts';
import { PREDICATE } from '../../../contracts/statements.ts';
import type { LogEntry } from '../../../contracts/transparency.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { sealMessage } from '../../../domain/custody/seal-message.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { type Database, openDatabase } from '../../../services/database/database.ts';
import { findSignatures } from '../../../services/database/signatures.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import type { TransparencyLog } from '../../../services/transparency/transparency-log.ts';
import { temporaryFolder } from '../../unit/scan/sources.ts';
import {
  CONTENT,
  keySetOf,
  NOW,
  type SigningKey,
  signingKey,
  statement,
  TENANT,
} from '../../unit/signing/signing-fixture.ts';

const folder = temporaryFolder('log-signatures');
const key = signingKey('P-256');
const permit = signingKey('P-256', 'permit');
let database: Database;
let raw: Bucket;
beforeAll(async () => {
  database = openDatabase(process.env.CERTUS_DATABASE_URL ?? '');
  raw = await (await openDirectoryStore(folder)).bucket('raw');
});
afterAll(async () => {
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});

const scope = { tenant: TENANT, workspace: `w-${randomBytes(6).toString('hex')}` };
let id: string;
let entries: LogEntry[];
let logFails: boolean;
beforeEach(() => {
  id = `sign_${randomBytes(16).toString('hex')}`;
  entries = [];
  logFails = false;
});

/** Places as a log gives them: the same entry has one. */
const log: TransparencyLog = {
  append: async (added) => {
    if (logFails) throw new Error('the log is away');
    return added.map((entry) => {
      const text = JSON.stringify(entry);
      if (!entries.some((known) => JSON.stringify(known) === text)) entries.push(entry);
      const index = entries.findIndex((known) => JSON.stringify(known) === text);
      const entryId = sha256(text);
      return {
        entryId,
        index,
        treeSize: entries.length,
        leafHash: entryId,
        rootHash: entryId,
        hashes: [],
        checkpoint: '',
      };
    });
  },
};

const deps = (changes: Partial<SignatureLogDeps> = {}): SignatureLogDeps => ({
  database,
  raw,
  log,
  keySet: keySetOf(key, permit),
  now: () => NOW,
  ...changes,
});
const input = (items = 2, requestedAt = NOW) => ({
  scope,
  id,
  items,
  requestedAt: requestedAt.toISOString(),
});
const put = (item: number, bytes: Uint8Array) =>
  raw.put(bundleKey(signaturesPrefix(scope, id), item), bytes, { contentType: 'application/json' });

async function signed(by: SigningKey = key): Promise<void> {
  await put(0, await sealStatement(statement(), by.signer));
  await put(1, await sealMessage(CONTENT, by.signer));
  await raw.put(contentKey(signaturesPrefix(scope, id), 1), CONTENT, { contentType: 'text/plain' });
}

describe('signatures that hold', () => {
  test('are on record with their place in the log', async () => {
    await signed();
    await logSignatures(deps(), input(), 'evidence');
    const rows = await findSignatures(database, scope, id);
    expect(rows).toMatchObject([
      { item: 0, kind: 'statement', keyId: key.trusted.id, logIndex: 0, subjects: [sha256(CONTENT)] },
      { item: 1, kind: 'message', keyId: key.trusted.id, logIndex: 1, subjects: [sha256(CONTENT)] },
    ]);
    expect(entries).toMatchObject([
      { kind: 'signature', name: `${id}/0`, digest: rows[0]?.digest, signer: key.trusted.id },
      { kind: 'signature', name: `${id}/1`, digest: rows[1]?.digest, note: null },
    ]);
  });

  test('have one entry, also when the log or the database fails on the way', async () => {
    await signed();
    logFails = true;
    await expect(logSignatures(deps(), input(), 'evidence')).rejects.toThrow('the log is away');
    expect((await findSignatures(database, scope, id)).map(({ logIndex }) => logIndex)).toEqual([null, null]);
    logFails = false;
    for (const minutes of [1, 2]) {
      const now = () => new Date(NOW.getTime() + minutes * 60_000);
      await logSignatures(deps({ now }), input(), 'evidence');
    }
    expect(entries).toHaveLength(2);
    expect(entries[0]?.at).toBe(NOW.toISOString());
  });

  test('are those of a key that was replaced while Trust was away, but not of one of long ago', async () => {
    await signed();
    const replaced = {
      ...key,
      trusted: { ...key.trusted, valid_until: new Date(NOW.getTime() - 1000).toISOString() },
    };
    const before = new Date(NOW.getTime() - 60_000);
    const keySet = keySetOf(replaced, permit);
    await expect(logSignatures(deps({ keySet }), input(2, NOW), 'evidence')).rejects.toMatchObject({
      code: 'untrusted_signer',
    });
    await logSignatures(deps({ keySet }), input(2, before), 'evidence');
    id = `sign_${randomBytes(16).toString('hex')}`;
    await signed();
    const now = () => new Date(NOW.getTime() + 2 * 86_400_000);
    await expect(logSignatures(deps({ keySet, now }), input(2, before), 'evidence')).rejects.toMatchObject({
      code: 'untrusted_signer',
    });
  });
});

describe('what does not hold is neither on record nor in the log', () => {
  const refused = async (code: string, by: 'evidence' | 'permit' | 'identity' = 'evidence', items = 2) => {
    await expect(logSignatures(deps(), input(items), by)).rejects.toMatchObject({ code });
    expect(entries).toEqual([]);
    expect(await findSignatures(database, scope, id)).toEqual([]);
  };

  test('a signature of a stranger', async () => {
    await signed(signingKey('P-256'));
    await refused('untrusted_signer');
  });

  test('one over other content, beside one that is good', async () => {
    await signed();
    await raw.put(contentKey(signaturesPrefix(scope, id), 1), Buffer.from('other'), {
      contentType: 'text/plain',
    });
    await refused('signature_invalid');
  });

  test('a statement of Certus under the key of the tenant', async () => {
    await put(0, await sealStatement(statement({ predicateType: PREDICATE.provenance }), key.signer));
    await refused('statement_invalid', 'evidence', 1);
  });

  test('anything but a verification under the key of Trust', async () => {
    await put(0, await sealStatement(statement(), permit.signer));
    await refused('statement_invalid', 'permit', 1);
  });

  test('a signature of nobody known where no trusted root is pinned', async () => {
    await signed();
    await refused('untrusted_signer', 'identity');
  });

  test('one that others have written a row for', async () => {
    await signed();
    const row = { ...scope, id, kind: 'statement', subjects: [], keyId: 'x', bundleKey: 'x', signedAt: NOW };
    await database.client.signature.createMany({
      data: [0, 1].map((item) => ({ ...row, item, digest: 'f'.repeat(64) })),
    });
    await expect(logSignatures(deps(), input(), 'evidence')).rejects.toMatchObject({
      code: 'statement_invalid',
    });
    expect(entries).toEqual([]);
  });
});
