// needs: postgres

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { LogEntry } from '../../../contracts/transparency.ts';
import { openCheckpoint } from '../../../domain/transparency/checkpoint.ts';
import { openEntryBundle } from '../../../domain/transparency/entry-bundle.ts';
import { logProof, verifyLogProof } from '../../../domain/transparency/log-proof.ts';
import { entryIdOf, leafHash } from '../../../domain/transparency/merkle-hash.ts';
import { consistencyHolds } from '../../../domain/transparency/verify-proof.ts';
import { type Database, openDatabase } from '../../../services/database/database.ts';
import { migrate } from '../../../services/database/migrate.ts';
import { openLogSigner } from '../../../services/transparency/log-signer.ts';
import { openTransparencyLog } from '../../../services/transparency/open-log.ts';
import { openTransparencyReader } from '../../../services/transparency/open-reader.ts';
import { memoryLogSigner, newEntries, newEntry, ORIGIN } from './made-entries.ts';

const server = process.env.CERTUS_DATABASE_URL!;
const signer = memoryLogSigner();
let name: string;
let url: string;
let database: Database;
let other: Database;

/** A log has one key for its whole life: these tests take a database of their own, and empty it. */
beforeAll(async () => {
  name = `certus_log_${randomBytes(6).toString('hex')}`;
  await sql(`CREATE DATABASE ${name}`, server);
  url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  await migrate(url);
  database = openDatabase(url);
  other = openDatabase(url);
});
afterAll(async () => {
  await Promise.all([database.close(), other.close()]);
  await sql(`DROP DATABASE ${name} WITH (FORCE)`, server);
});
beforeEach(() => sql('TRUNCATE log_leaves, log_tiles, log_checkpoints'));

async function sql(text: string, connectionString = url): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(text)).rows ?? [];
  } finally {
    await client.end();
  }
}

const hex = (text: string) => Buffer.from(text, 'hex');
const rows = async (table: string) => Number((await sql(`SELECT count(*) AS n FROM ${table}`))[0]?.n);
/** As strangers would check it: from the text alone. */
const provedAt = (inclusion: Parameters<typeof logProof>[0], entry: LogEntry) =>
  verifyLogProof(logProof(inclusion), entry, signer.keySet).index;

/** The whole log: every entry proved, and every signed head consistent with the next. */
async function requireSound(): Promise<number> {
  const reader = openTransparencyReader(database);
  const head = (await reader.head())!;
  const ids = await sql(`SELECT index, encode(entry_id, 'hex') AS entry_id FROM log_leaves ORDER BY index`);
  expect(ids.map(({ index }) => Number(index))).toEqual(Array.from({ length: head.size }, (_, at) => at));
  for (const { index, entry_id } of ids.filter((_, at) => at % 17 === 0 || at > head.size - 4)) {
    const { entry } = (await reader.entry(String(entry_id)))!;
    expect(provedAt(await reader.inclusion(String(entry_id)), entry)).toBe(Number(index));
  }
  const signed = await sql('SELECT size, note FROM log_checkpoints ORDER BY size');
  for (const [nth, { size, note }] of signed.entries()) {
    const next = signed[nth + 1];
    const older = openCheckpoint(String(note), signer.keySet);
    expect(older.size).toBe(Number(size));
    if (next === undefined) continue;
    const newer = openCheckpoint(String(next.note), signer.keySet);
    const hashes = (await reader.consistency(older.size, newer.size)).map(hex);
    expect(
      consistencyHolds({
        from: older.size,
        to: newer.size,
        fromRoot: older.root,
        toRoot: newer.root,
        hashes,
      }),
    ).toBe(true);
  }
  return head.size;
}

describe('append', () => {
  test('gives each entry its place, in order, with a proof that anybody can check', async () => {
    const log = openTransparencyLog(database, signer);
    const entries = newEntries(3);
    const inclusions = await log.append(entries);
    expect(inclusions.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(inclusions.map(({ entryId }) => entryId)).toEqual(entries.map(entryIdOf));
    expect(inclusions.map((inclusion, nth) => provedAt(inclusion, entries[nth]!))).toEqual([0, 1, 2]);
    expect(await log.append([])).toEqual([]);
  });

  test('of what is there already gives its first place, and signs nothing new', async () => {
    const log = openTransparencyLog(database, signer);
    const [first, second] = newEntries(2);
    await log.append([first!]);
    const again = await log.append([second!, first!, second!]);
    expect(again.map(({ index }) => index)).toEqual([1, 0, 1]);
    await log.append([first!]);
    expect([await rows('log_leaves'), await rows('log_checkpoints')]).toEqual([2, 2]);
  });

  test('many at once share a transaction and its checkpoint', async () => {
    const log = openTransparencyLog(database, signer);
    const entries = newEntries(300);
    const found = await Promise.all(entries.map((entry) => log.append([entry])));
    expect(found.map(([one], nth) => provedAt(one!, entries[nth]!))).toEqual(entries.map((_, nth) => nth));
    expect(await rows('log_checkpoints')).toBeLessThan(10);
    expect(await requireSound()).toBe(300);
  });

  test('from two processes makes one tree', async () => {
    const logs = [openTransparencyLog(database, signer), openTransparencyLog(other, signer)];
    const shared = newEntry();
    await Promise.all(
      Array.from({ length: 40 }, (_, nth) => logs[nth % 2]!.append([...newEntries(nth), shared])),
    );
    expect(await requireSound()).toBe((40 * 39) / 2 + 1);
  });

  test('over the edges of tiles keeps every tile as wide as it must be', async () => {
    const log = openTransparencyLog(database, signer);
    for (const count of [255, 1, 1, 255, 600]) await log.append(newEntries(count));
    expect(await requireSound()).toBe(1112);
    const tiles = await sql(
      'SELECT level, index, length(hashes) / 32 AS width FROM log_tiles ORDER BY level, index',
    );
    expect(tiles.map(({ level, index, width }) => [level, Number(index), width])).toEqual([
      ...[0, 1, 2, 3].map((index) => [0, index, 256]),
      [0, 4, 88],
      [1, 0, 4],
    ]);
  });

  test('takes whatever names an entry may have', async () => {
    const log = openTransparencyLog(database, signer);
    const entry = newEntry({
      signer: 'a\0b\ud800',
      name: '\u202e"\\\n',
      note: 'ü'.repeat(300),
      workspace: null,
    });
    const [inclusion] = await log.append([entry]);
    const read = await openTransparencyReader(database).entry(inclusion!.entryId);
    expect(read?.entry).toEqual(entry);
    expect(provedAt(inclusion!, read!.entry)).toBe(0);
  });

  test('that fails leaves no trace, and whoever waited behind it gets a place', async () => {
    const failing = { ...signer, sign: () => Promise.reject(new Error('the key is away')) };
    await expect(openTransparencyLog(database, failing).append(newEntries(5))).rejects.toThrow(
      'the key is away',
    );
    expect([await rows('log_leaves'), await rows('log_tiles'), await rows('log_checkpoints')]).toEqual([
      0, 0, 0,
    ]);
    let away = true;
    const recovering = openTransparencyLog(database, {
      ...signer,
      sign: (bytes) => (away ? Promise.reject(new Error('the key is away')) : signer.sign(bytes)),
    });
    const first = recovering.append(newEntries(2)).finally(() => {
      away = false;
    });
    const second = recovering.append(newEntries(2));
    await expect(first).rejects.toThrow('the key is away');
    expect((await second).map(({ index }) => index)).toEqual([0, 1]);
  });

  test('that loses its connection before it commits leaves no trace, and is simply tried again', async () => {
    await openTransparencyLog(database, signer).append(newEntries(300));
    const before = await Promise.all(['log_leaves', 'log_tiles', 'log_checkpoints'].map(rows));
    const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND pid <> pg_backend_pid()`;
    let cuts = 0;
    const log = openTransparencyLog(other, {
      ...signer,
      sign: async (bytes) => {
        cuts += 1;
        if (cuts === 1) await sql(cut);
        return signer.sign(bytes);
      },
    });
    const entries = newEntries(300);
    await expect(log.append(entries)).rejects.toMatchObject({ code: 'dependency_unavailable' });
    expect(await Promise.all(['log_leaves', 'log_tiles', 'log_checkpoints'].map(rows))).toEqual(before);
    expect((await log.append(entries)).map(({ index }) => index)).toEqual(entries.map((_, nth) => 300 + nth));
    expect(await requireSound()).toBe(600);
  });

  test('after the key was replaced goes on from the head of the old one, if that is pinned', async () => {
    await openTransparencyLog(database, signer).append(newEntries(2));
    const next = memoryLogSigner();
    await expect(openTransparencyLog(database, next).append(newEntries(1))).rejects.toMatchObject({
      code: 'log_damaged',
    });
    const [inclusion] = await openTransparencyLog(database, next, signer.keySet).append(newEntries(1));
    expect(inclusion?.index).toBe(2);
    expect(openCheckpoint(inclusion!.checkpoint, next.keySet).size).toBe(3);
  });
});

describe('a log that somebody has changed is not continued:', () => {
  const stranger = memoryLogSigner();
  const damages: [string, () => Promise<unknown>][] = [
    [
      'an entry more',
      () =>
        sql(
          `INSERT INTO log_leaves SELECT 300, 'x', entry, kind, tenant, workspace, test_id, signer, at FROM log_leaves LIMIT 1`,
        ),
    ],
    ['an entry less', () => sql('DELETE FROM log_leaves WHERE index = 299')],
    ['the newest checkpoint taken away', () => sql('DELETE FROM log_checkpoints WHERE size = 300')],
    ['all checkpoints taken away', () => sql('TRUNCATE log_checkpoints')],
    ['everything taken away', () => sql('TRUNCATE log_leaves, log_tiles, log_checkpoints')],
    [
      'a root that was not signed',
      () => sql(`UPDATE log_checkpoints SET root = decode(repeat('ab', 32), 'hex') WHERE size = 300`),
    ],
    [
      'the note of another size',
      () =>
        sql(
          'UPDATE log_checkpoints SET note = (SELECT note FROM log_checkpoints WHERE size = 10) WHERE size = 300',
        ),
    ],
    [
      'a flipped bit on the edge',
      () =>
        sql(
          'UPDATE log_tiles SET hashes = set_bit(hashes, 0, 1 - get_bit(hashes, 0)) WHERE level = 0 AND index = 1',
        ),
    ],
    [
      'a narrower tile',
      () => sql('UPDATE log_tiles SET hashes = substring(hashes FROM 33) WHERE level = 0 AND index = 1'),
    ],
    ['a tile more', () => sql('INSERT INTO log_tiles SELECT 0, 2, hashes FROM log_tiles WHERE level = 1')],
    ['a tile less', () => sql('DELETE FROM log_tiles WHERE level = 1')],
    [
      'a head of a stranger, with all its rows',
      async () => {
        await sql('TRUNCATE log_leaves, log_tiles, log_checkpoints');
        await openTransparencyLog(other, stranger).append(newEntries(400));
      },
    ],
    [
      'an earlier state brought back',
      async () => {
        await sql('TRUNCATE log_leaves, log_tiles, log_checkpoints');
        await openTransparencyLog(other, signer).append(newEntries(12));
      },
    ],
    [
      'a longer log that does not begin with the old one',
      async () => {
        await sql('TRUNCATE log_leaves, log_tiles, log_checkpoints');
        const fork = openTransparencyLog(other, signer);
        await fork.append(newEntries(300));
        await fork.append(newEntries(12));
      },
    ],
  ];

  test.each(damages)('%s', async (_, damage) => {
    const log = openTransparencyLog(database, signer);
    await log.append(newEntries(10));
    await log.append(newEntries(290));
    await damage();
    const before = [await rows('log_leaves'), await rows('log_checkpoints')];
    await expect(log.append(newEntries(1))).rejects.toMatchObject({ code: 'log_damaged' });
    expect([await rows('log_leaves'), await rows('log_checkpoints')]).toEqual(before);
  });

  test('and nothing changed is continued', async () => {
    const log = openTransparencyLog(database, signer);
    await log.append(newEntries(300));
    await openTransparencyLog(other, signer).append(newEntries(2));
    expect((await log.append(newEntries(1)))[0]?.index).toBe(302);
  });
});

describe('reading', () => {
  test('an empty log has no head and no entries', async () => {
    const reader = openTransparencyReader(database);
    expect(await reader.head()).toBeUndefined();
    expect(await reader.checkpoint(5)).toBeUndefined();
    expect(await reader.entries('default', { limit: 5 })).toEqual([]);
    expect(await reader.tile(0, 0, 1)).toBeUndefined();
    expect(await reader.entryTile(0, 1)).toBeUndefined();
    await expect(reader.inclusion('ab'.repeat(32))).rejects.toMatchObject({ code: 'entry_not_found' });
  });

  test('lists newest first, of one tenant, by what is asked for', async () => {
    const log = openTransparencyLog(database, signer);
    const mine = [newEntry({ kind: 'denial' }), newEntry({ signer: 'key-2' }), newEntry()];
    await log.append([...mine, newEntry({ tenant: 'other' })]);
    const reader = openTransparencyReader(database);
    const listed = async (filter: object) =>
      (await reader.entries('default', { limit: 10, ...filter })).map(({ index }) => index);
    expect(await listed({})).toEqual([2, 1, 0]);
    expect(await listed({ limit: 2 })).toEqual([2, 1]);
    expect(await listed({ before: 2 })).toEqual([1, 0]);
    expect(await listed({ kind: 'denial' })).toEqual([0]);
    expect(await listed({ signer: 'key-2' })).toEqual([1]);
    expect(await listed({ testId: mine[2]!.test_id })).toEqual([2]);
    expect(await listed({ assessmentId: 'nothing' })).toEqual([]);
    expect(await listed({ workspace: 'elsewhere' })).toEqual([]);
    expect((await reader.entries('other', { limit: 10 })).map(({ index }) => index)).toEqual([3]);
  });

  test('proves an entry under any head that was signed since, and under no other', async () => {
    const log = openTransparencyLog(database, signer);
    const [first] = await log.append(newEntries(1));
    const [later] = await log.append(newEntries(4));
    const reader = openTransparencyReader(database);
    expect(await reader.inclusion(first!.entryId, 1)).toEqual(first);
    expect((await reader.inclusion(first!.entryId)).treeSize).toBe(5);
    for (const [id, size] of [
      [later!.entryId, 1],
      [first!.entryId, 3],
      ['cd'.repeat(32), 5],
    ] as const)
      await expect(reader.inclusion(id, size)).rejects.toMatchObject({ code: 'entry_not_found' });
    await expect(reader.consistency(1, 4)).rejects.toMatchObject({ code: 'entry_not_found' });
  });

  test('a changed entry or tile is an error and not an answer', async () => {
    const log = openTransparencyLog(database, signer);
    const inclusions = await log.append(newEntries(3));
    const reader = openTransparencyReader(database);
    await sql(`UPDATE log_leaves SET entry = replace(entry, 'key-1', 'key-9') WHERE index = 0`);
    await expect(reader.entry(inclusions[0]!.entryId)).rejects.toMatchObject({ code: 'log_damaged' });
    await sql('UPDATE log_tiles SET hashes = set_bit(hashes, 0, 1 - get_bit(hashes, 0))');
    await expect(reader.inclusion(inclusions[2]!.entryId)).rejects.toMatchObject({ code: 'log_damaged' });
  });

  test('tiles hold the hashes, and bundles the entries that hash to them', async () => {
    await openTransparencyLog(database, signer).append(newEntries(260));
    const reader = openTransparencyReader(database);
    for (const [index, width] of [
      [0, 256],
      [1, 4],
      [1, 3],
    ] as const) {
      const hashes = Buffer.from((await reader.tile(0, index, width))!);
      const leaves = openEntryBundle((await reader.entryTile(index, width))!)!;
      expect(Buffer.concat(leaves.map(leafHash))).toEqual(hashes);
      expect(leaves).toHaveLength(width);
    }
    expect(await reader.tile(0, 1, 5)).toBeUndefined();
    expect(await reader.entryTile(1, 5)).toBeUndefined();
  });
});

describe('the key of the log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'certus-log-key-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = (content: string, mode = 0o600) => {
    const path = join(folder, randomBytes(4).toString('hex'));
    writeFileSync(path, content);
    chmodSync(path, mode);
    return path;
  };
  const pem = (type: 'ed25519' | 'x25519') =>
    generateKeyPairSync(type as 'ed25519')
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString();

  test('signs what opens under its public half', async () => {
    const opened = await openLogSigner(file(pem('ed25519')), ORIGIN);
    const [inclusion] = await openTransparencyLog(database, opened).append(newEntries(1));
    const key = { ...signer.keySet.keys[0]!, id: opened.keyId, public_key_pem: opened.publicKeyPem };
    expect(openCheckpoint(inclusion!.checkpoint, { ...signer.keySet, keys: [key] }).size).toBe(1);
  });

  test('is refused when others can read it, when it is of another kind, or none', async () => {
    const secret = pem('ed25519');
    for (const path of [file(secret, 0o644), file(pem('x25519')), file('nonsense'), join(folder, 'missing')])
      await expect(openLogSigner(path, ORIGIN)).rejects.toMatchObject({ code: 'key_unusable' });
    const complaint = await openLogSigner(file(`${secret}x`.slice(10)), ORIGIN).catch(String);
    expect(complaint).not.toContain(secret.split('\n')[1]);
  });
});
