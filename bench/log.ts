import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { keyId } from '../contracts/key-id.ts';
import type { LogEntry } from '../contracts/transparency.ts';
import { entryIdOf, leafHash, leafOf } from '../domain/transparency/merkle-hash.ts';
import { startServers } from '../infra/local/start-servers.ts';
import { bytesArray } from '../services/database/binary-array.ts';
import { type Database, openDatabase } from '../services/database/database.ts';
import { migrate } from '../services/database/migrate.ts';
import type { LogSigner } from '../services/transparency/log-signer.ts';
import { openTransparencyLog } from '../services/transparency/open-log.ts';
import { openTransparencyReader } from '../services/transparency/open-reader.ts';
import { clock, median } from './alternate.ts';
import type { Bench } from './bench.ts';

const LEAVES = 1_000_000;
const BATCH = 2_000;
const PROOFS = 2_000;

/** What the log costs while it grows, beside a database that is only given the same rows. */
export const log: Bench = {
  name: 'log',
  about: '1,000,000 entries appended in batches of 2,000, each proved, beside bare inserts of the same rows',
  run: async (report) => {
    const home = await mkdtemp(join(tmpdir(), 'certus-bench-'));
    // what is committed is on the disk, for both: a log that a power failure takes back is none
    const servers = await startServers(['postgres'], { dir: home, report, build: true, ephemeral: false });
    const url = String(servers.env.CERTUS_DATABASE_URL);
    const database = openDatabase(url, { statementTimeoutMs: 120_000 });
    const bare = database.session();
    try {
      await migrate(url);
      await bare.connect();
      await bare.query('CREATE TABLE bare_rows (LIKE log_leaves INCLUDING ALL)');
      return await measure(database, bare, report);
    } finally {
      await bare.end();
      await database.close();
      await servers.stop();
      await rm(home, { recursive: true, force: true });
    }
  },
};

async function measure(database: Database, bare: pg.Client, report: (line: string) => void) {
  const transparency = openTransparencyLog(database, signer());
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let first = 0; first < LEAVES; first += BATCH) {
    const entries = Array.from({ length: BATCH }, (_, nth) => entryOf(first + nth));
    // in turn, so that a machine that gets slower does so for both
    ours.push(await clock(() => transparency.append(entries)));
    const rows = rowsOf(first, entries);
    theirs.push(await clock(() => bare.query(INSERT_BARE, rows)));
    if ((first + BATCH) % 100_000 === 0) report(`${first + BATCH} entries`);
  }
  const proofs = await proofTimes(database);
  const single = await singleAppends(transparency);
  const tenth = Math.max(1, Math.floor(ours.length / 10));
  const [early, late] = [ours.slice(0, tenth), ours.slice(-tenth)];
  const growth = sum(late) / sum(early);
  const bareGrowth = sum(theirs.slice(-tenth)) / sum(theirs.slice(0, tenth));
  return {
    ratios: {
      rate_to_bare_inserts: sum(theirs) / sum(ours),
      cost_last_to_first_tenth: growth,
      bare_last_to_first_tenth: bareGrowth,
      // what is left of the growth when that of the bare table, or of a busy machine, is taken out
      growth_to_bare_growth: growth / bareGrowth,
    },
    figures: {
      entries: LEAVES,
      appended_per_s: (LEAVES * 1000) / sum(ours),
      bare_rows_per_s: (LEAVES * 1000) / sum(theirs),
      us_per_entry_first_tenth: (median(early) * 1000) / BATCH,
      us_per_entry_last_tenth: (median(late) * 1000) / BATCH,
      proof_p50_ms: median(proofs),
      proof_p99_ms: proofs[Math.floor(proofs.length * 0.99)] ?? 0,
      single_append_p50_ms: median(single),
    },
    goals: [
      { of: 'appended_per_s', atLeast: 5_000 },
      { of: 'proof_p99_ms', atMost: 5 },
      { of: 'cost_last_to_first_tenth', atMost: 1.5 },
    ],
  };
}

/** Every one of them somewhere else in the log, and checked against the root before it is given out. */
async function proofTimes(database: Database): Promise<number[]> {
  const reader = openTransparencyReader(database);
  const taken: number[] = [];
  for (let nth = -50; nth < PROOFS; nth += 1) {
    const id = entryIdOf(entryOf((Math.abs(nth) * 7_919) % LEAVES));
    const time = await clock(() => reader.inclusion(id));
    if (nth >= 0) taken.push(time);
  }
  return taken.sort((a, b) => a - b);
}

/** One after the other, as a quiet installation has them. */
async function singleAppends(transparency: ReturnType<typeof openTransparencyLog>): Promise<number[]> {
  const taken: number[] = [];
  for (let nth = 0; nth < 200; nth += 1)
    taken.push(await clock(() => transparency.append([entryOf(LEAVES + nth)])));
  return taken;
}

/** The same rows with the same indexes in one statement, and nothing that makes a log of them. */
const INSERT_BARE = `
  INSERT INTO bare_rows (index, entry_id, entry, kind, tenant, workspace, test_id, signer, at)
  SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::timestamptz[])`;

function rowsOf(first: number, entries: readonly LogEntry[]): unknown[] {
  const of = <T>(pick: (entry: LogEntry, nth: number) => T): T[] => entries.map(pick);
  return [
    of((_, nth) => first + nth),
    bytesArray(entries.map((entry) => leafHash(leafOf(entry)))),
    of((entry) => leafOf(entry).toString('utf8')),
    of(({ kind }) => kind),
    of(({ tenant }) => tenant),
    of(({ workspace }) => workspace),
    of(({ test_id }) => test_id),
    of(({ signer }) => signer),
    of(({ at }) => at),
  ];
}

function entryOf(nth: number): LogEntry {
  const digest = createHash('sha256').update(String(nth)).digest('hex');
  return {
    v: 1,
    kind: 'permit',
    tenant: `tenant-${nth % 50}`,
    workspace: 'default',
    test_id: `test_${digest.slice(0, 24)}`,
    name: `permit_${digest.slice(24, 48)}`,
    digest,
    subjects: [digest],
    signer: digest.slice(0, 32),
    at: '2026-01-01T00:00:00.000Z',
    note: null,
  };
}

function signer(): LogSigner {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const origin = 'log.example.org/bench';
  return {
    origin,
    publicKeyPem,
    keyId: keyId(publicKeyPem),
    sign: async (bytes) => sign(null, bytes, privateKey),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
