// needs: postgres
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { trustStatsRoute } from '../../../api/stats/trust-stats-route.ts';
import { Consistency, ProvenEntry, TransparencyList } from '../../../contracts/transparency.ts';
import { openCheckpoint } from '../../../domain/transparency/checkpoint.ts';
import { verifyLogProof } from '../../../domain/transparency/log-proof.ts';
import { entryIdOf } from '../../../domain/transparency/merkle-hash.ts';
import { consistencyHolds } from '../../../domain/transparency/verify-proof.ts';
import { type Database, openDatabase } from '../../../services/database/database.ts';
import { openScan } from '../../../services/database/scans.ts';
import { openTransparencyLog } from '../../../services/transparency/open-log.ts';
import { openTransparencyReader } from '../../../services/transparency/open-reader.ts';
import type { TransparencyLog } from '../../../services/transparency/transparency-log.ts';
import { memoryLogSigner, newEntries, newEntry } from '../../contract/transparency/made-entries.ts';
import { ownDatabase, certus as run, serveLog, TOKEN } from './served-log.ts';

const signer = memoryLogSigner();
const folder = mkdtempSync(join(tmpdir(), 'certus-tlog-'));
let database: Database;
let drop: () => Promise<void>;
let server: Server;
let address: string;
let log: TransparencyLog;

beforeAll(async () => {
  const own = await ownDatabase(process.env.CERTUS_DATABASE_URL!);
  drop = own.drop;
  database = openDatabase(own.url);
  ({ server, address } = await serveLog(openTransparencyReader(database)));
  mkdirSync(join(folder, 'keys', 'public'), { recursive: true });
  writeFileSync(join(folder, 'keys', 'public', 'keys.json'), JSON.stringify(signer.keySet));
});
afterAll(async () => {
  server.close();
  await database.close();
  await drop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await empty();
  log = openTransparencyLog(database, signer);
  for (const name of ['mirror', 'other', 'old']) rmSync(join(folder, name), { recursive: true, force: true });
});

const empty = () => database.client.$executeRaw`TRUNCATE log_leaves, log_tiles, log_checkpoints`;
const certus = (...words: string[]) => run(folder, address, ...words);
const ask = (path: string, token = TOKEN) =>
  fetch(`${address}/v1/transparency${path}`, { headers: { authorization: `Bearer ${token}` } });
const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());
const at = (...names: string[]) => join(folder, ...names);
const flip = (file: string, byte = 0) => {
  const bytes = readFileSync(file);
  bytes[byte]! ^= 1;
  writeFileSync(file, bytes);
};

describe('the API', () => {
  test('lists the entries of the own tenant, page by page, newest first', async () => {
    const entries = newEntries(5);
    await log.append([...entries.slice(0, 3), newEntry({ tenant: 'other' }), ...entries.slice(3)]);
    const first = TransparencyList.parse(await (await ask('?limit=3')).json());
    expect(first.entries.map(({ index }) => index)).toEqual([5, 4, 2]);
    expect(first.entries.map(({ entry }) => entryIdOf(entry))).toEqual(
      first.entries.map((one) => one.entry_id),
    );
    const rest = TransparencyList.parse(await (await ask(`?limit=3&cursor=${first.next_cursor}`)).json());
    expect(rest.entries.map(({ index }) => index)).toEqual([1, 0]);
    expect(rest.next_cursor).toBeNull();
    const passed = TransparencyList.parse(await (await ask('?limit=2&offset=2')).json());
    expect(passed.entries.map(({ index }) => index)).toEqual([2, 1]);
    const one = TransparencyList.parse(await (await ask(`?test_id=${entries[0]!.test_id}`)).json());
    expect(one.entries.map(({ entry }) => entry)).toEqual([entries[0]]);
  });

  test('counts what Trust has done for a tenant, and for no other', async () => {
    const stats = async (tenant: string) => {
      const asked = { principal: { tenant } } as never;
      const { body } = await trustStatsRoute({ database }).handle(asked);
      return body;
    };
    await log.append([
      ...newEntries(3),
      ...newEntries(2, { kind: 'denial', signer: null, note: 'policy_violation' }),
      newEntry({ kind: 'denial', signer: null, note: 'key_revoked' }),
      newEntry({ kind: 'signature', signer: 'key-2' }),
      newEntry({ tenant: 'other', kind: 'signature', signer: 'key-3' }),
    ]);
    expect(await stats('default')).toMatchObject({
      total_signatures: 1,
      total_transparency_entries: 7,
      verification_stats: {
        permitted: 3,
        denied: 3,
        by_reason: { policy_violation: 2, key_revoked: 1 },
      },
      signers: ['key-1', 'key-2'],
    });
    expect(await stats('other')).toMatchObject({ total_signatures: 1, signers: ['key-3'] });
    expect(await stats('nobody')).toMatchObject({ total_transparency_entries: 0, signers: [] });
  });

  test('finds the entries of an assessment through its scans', async () => {
    const entry = newEntry();
    await log.append([entry, newEntry()]);
    await openScan(
      database,
      { tenant: 'default', workspace: 'default' },
      {
        testId: entry.test_id!,
        component: 'shop',
        assessment: 'audit-7',
        source: { type: 'directory', path: '/srv/shop' },
        requestedBy: null,
        profile: 'light',
        manifestDigest: null,
        request: null,
        workflowId: 'scan/default/shop',
        createdAt: new Date(),
      },
    );
    const { entries } = TransparencyList.parse(await (await ask('?assessment_id=audit-7')).json());
    expect(entries.map((one) => one.entry)).toEqual([entry]);
  });

  test('proves an entry to whoever has only the public key', async () => {
    const entries = newEntries(300);
    await log.append(entries.slice(0, 200));
    await log.append(entries.slice(200));
    const id = entryIdOf(entries[42]!);
    const plain = ProvenEntry.parse(await (await ask(`/${id}`)).json());
    expect([plain.proof, plain.checkpoint, plain.tlog_proof]).toEqual([null, null, null]);
    const proven = ProvenEntry.parse(await (await ask(`/${id}?include_proof=true`)).json());
    expect(proven.proof).toMatchObject({ tree_size: 300, leaf_index: 42 });
    expect(verifyLogProof(proven.tlog_proof!, proven.entry, signer.keySet)).toMatchObject({
      index: 42,
      size: 300,
    });
    const earlier = ProvenEntry.parse(await (await ask(`/${id}?include_proof=true&tree_size=200`)).json());
    expect(earlier.proof?.tree_size).toBe(200);
    expect(openCheckpoint(earlier.checkpoint!, signer.keySet).size).toBe(200);
  });

  test('an entry of another tenant is not there, not even with its name', async () => {
    const foreign = newEntry({ tenant: 'other' });
    await log.append([foreign]);
    const answer = await ask(`/${entryIdOf(foreign)}?include_proof=true`);
    expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'entry_not_found' }]);
    expect(await (await ask(`/${'ab'.repeat(32)}`)).json()).toMatchObject({ code: 'entry_not_found' });
  });

  test('a tile of entries with one of another tenant is kept back, its hashes are not', async () => {
    await log.append([...newEntries(256), newEntry(), newEntry({ tenant: 'other' })]);
    expect((await ask('/tile/entries/000')).status).toBe(200);
    const kept = await ask('/tile/entries/001.p/2');
    expect([kept.status, await kept.json()]).toMatchObject([403, { code: 'forbidden' }]);
    expect(await bytesOf(await ask('/tile/0/001.p/2'))).toHaveLength(64);
    expect(await bytesOf(await ask('/tile/1/000.p/1'))).toHaveLength(32);
  });

  test.each([
    ['0/001'],
    ['0/000.p/4'],
    ['0/000.p/0'],
    ['9/000'],
    ['0/..%2f..%2fcheckpoint'],
    ['entries/000.p/4'],
  ])('there is no tile %s', async (path) => {
    await log.append(newEntries(3));
    expect(await (await ask(`/tile/${path}`)).json()).toMatchObject({ code: 'not_found' });
  });

  test('proves that one signed head goes on from another', async () => {
    await log.append(newEntries(10));
    await log.append(newEntries(20));
    const head = async (query = '') =>
      openCheckpoint(await (await ask(`/checkpoint${query}`)).text(), signer.keySet);
    const [older, newer] = [await head('?size=10'), await head()];
    const { from, to, hashes } = Consistency.parse(await (await ask('/consistency?from=10')).json());
    const proof = hashes.map((hash) => Buffer.from(hash, 'hex'));
    expect([from, to]).toEqual([10, 30]);
    expect(consistencyHolds({ from, to, fromRoot: older.root, toRoot: newer.root, hashes: proof })).toBe(
      true,
    );
    for (const path of [
      '/consistency?from=11',
      '/consistency?from=10&to=29',
      '/consistency?from=31',
      '/checkpoint?size=11',
    ])
      expect(await (await ask(path)).json()).toMatchObject({ code: 'entry_not_found' });
    expect((await ask('/consistency?from=0')).status).toBe(422);
  });

  test('an empty log has no head; a stranger sees nothing', async () => {
    expect(await (await ask('/checkpoint')).json()).toMatchObject({ code: 'entry_not_found' });
    for (const path of ['', '/checkpoint', '/tile/0/000', `/${'ab'.repeat(32)}`])
      expect((await ask(path, 'x'.repeat(40))).status).toBe(401);
  });
});

describe('certus log', () => {
  test('show lists entries, and checks the one that is asked for', async () => {
    const entries = newEntries(3);
    await log.append(entries);
    expect((await certus('log', 'show')).stdout).toContain(entries[2]!.name);
    const one = await certus('log', 'show', entryIdOf(entries[1]!));
    expect([one.exitCode, one.stdout]).toEqual([0, expect.stringContaining('entry 1 of 3: proved')]);
    writeFileSync(at('foreign.json'), JSON.stringify(memoryLogSigner().keySet));
    const foreign = await certus('log', 'show', entryIdOf(entries[1]!), '--keys', at('foreign.json'));
    expect([foreign.exitCode, foreign.stderr]).toEqual([65, expect.stringContaining('log_proof_invalid')]);
  });

  test('export mirrors the log, goes on from there, and verify computes all of it anew', async () => {
    await log.append(newEntries(300));
    expect(await certus('log', 'export', 'mirror')).toMatchObject({ exitCode: 0 });
    cpSync(at('mirror', 'checkpoint'), at('old'));
    await log.append(newEntries(500));
    await log.append(newEntries(3));
    const again = await certus('log', 'export', 'mirror', '-o', 'json');
    expect(JSON.parse(again.stdout)).toMatchObject({ size: 803, added: 503, entries_not_shown: 0 });
    const verified = await certus('log', 'verify', '--dir', 'mirror', '--from', 'old', '-o', 'json');
    expect(JSON.parse(verified.stdout)).toMatchObject({
      verified: true,
      size: 803,
      from: 300,
      how: 'tiles',
      entries_checked: 803,
    });
    const live = await certus('log', 'verify', '--from', 'old', '-o', 'json');
    expect(JSON.parse(live.stdout)).toMatchObject({ verified: true, size: 803, from: 300, how: 'proof' });
    expect((await certus('log', 'verify')).exitCode).toBe(0);
    expect((await certus('log', 'export', 'mirror', '-o', 'json')).stdout).toContain('"added": 0');
  });

  test('entries that lie beside those of others are named, and their hashes checked', async () => {
    await log.append([newEntry(), newEntry({ tenant: 'other' })]);
    const exported = await certus('log', 'export', 'mirror');
    expect([exported.exitCode, exported.stderr]).toEqual([0, expect.stringContaining('2 entries')]);
    const verified = await certus('log', 'verify', '--dir', 'mirror');
    expect([verified.exitCode, verified.stderr]).toEqual([
      0,
      expect.stringContaining('2 entries are not shown'),
    ]);
  });

  describe('verify finds', () => {
    const files = [
      'tile/0/000',
      'tile/0/001.p/44',
      'tile/1/000.p/1',
      'tile/entries/000',
      'tile/entries/001.p/44',
      'checkpoint',
    ];
    const entries = newEntries(300);
    beforeEach(async () => {
      await log.append(entries);
      await certus('log', 'export', 'mirror');
      cpSync(at('mirror', 'checkpoint'), at('old'));
      expect((await certus('log', 'verify', '--dir', 'mirror')).exitCode).toBe(0);
    });

    test.each(files)('a flipped bit in %s', async (file) => {
      flip(at('mirror', file), 5);
      expect(await certus('log', 'verify', '--dir', 'mirror')).toMatchObject({ exitCode: 65, stdout: '' });
    });

    test.each(files.slice(0, 3))('that %s is missing, cut or only a link', async (file) => {
      const bytes = readFileSync(at('mirror', file));
      writeFileSync(at('mirror', file), bytes.subarray(32));
      expect((await certus('log', 'verify', '--dir', 'mirror')).exitCode).toBe(65);
      rmSync(at('mirror', file));
      expect((await certus('log', 'verify', '--dir', 'mirror')).exitCode).toBe(65);
      writeFileSync(at('other'), bytes);
      symlinkSync(at('other'), at('mirror', file));
      expect((await certus('log', 'verify', '--dir', 'mirror')).exitCode).toBe(65);
    });

    test('a log that went back, on both ways', async () => {
      await empty();
      await openTransparencyLog(database, signer).append(newEntries(100));
      for (const words of [
        ['verify', '--from', 'old'],
        ['export', 'mirror'],
      ])
        expect(await certus('log', ...words)).toMatchObject({
          exitCode: 65,
          stderr: expect.stringContaining('300'),
        });
    });

    test('two trees of one size', async () => {
      await empty();
      await openTransparencyLog(database, signer).append(newEntries(300));
      for (const words of [
        ['verify', '--from', 'old'],
        ['export', 'mirror'],
      ])
        expect((await certus('log', ...words)).exitCode).toBe(65);
    });

    test('a log that was rewritten and signed again, and does not let it into the mirror', async () => {
      await empty();
      const fork = openTransparencyLog(database, signer);
      await fork.append(newEntries(300));
      await fork.append(newEntries(20));
      for (const words of [
        ['verify', '--from', 'old'],
        ['export', 'mirror'],
      ])
        expect((await certus('log', ...words)).exitCode).toBe(65);
      expect(readFileSync(at('mirror', 'checkpoint'))).toEqual(readFileSync(at('old')));
      expect((await certus('log', 'verify', '--dir', 'mirror')).exitCode).toBe(0);
    });

    test('a mirror that shows each half of a fork beside its own checkpoint', async () => {
      await empty();
      const fork = openTransparencyLog(database, signer);
      // the same full tile, so that only the tile that was not full yet tells the two apart
      await fork.append([...entries.slice(0, 256), ...newEntries(44)]);
      await fork.append(newEntries(300));
      await certus('log', 'export', 'other');
      cpSync(at('mirror', 'tile', '0', '001.p'), at('other', 'tile', '0', '001.p'), { recursive: true });
      expect((await certus('log', 'verify', '--dir', 'other')).exitCode).toBe(0);
      expect(await certus('log', 'verify', '--dir', 'other', '--from', 'old')).toMatchObject({
        exitCode: 65,
      });
    });
  });
});
