import { beforeEach, expect, test } from '@jest/globals';
import type { SourceDeps } from '../../../activities/ingest/source-deps.ts';
import { openUnderWay, removeLeft } from '../../../activities/ingest/under-way.ts';
import type { IngestionRecord } from '../../../services/database/ingestions.ts';

type Row = {
  readonly origin: string;
  readonly key: string;
  readonly documentId: string;
  readonly ingestionId: string;
};
type Where = {
  readonly origin: string;
  readonly key?: { readonly in: readonly string[] };
  readonly seenBy?: { readonly notIn: readonly string[] };
};

const place = { scope: { tenant: 'acme', workspace: 'shop' }, origin: 'source_1' };
let rows: Row[];
let removed: string[];
const running = new Set<string>();
beforeEach(() => {
  [rows, removed] = [[], []];
  running.clear();
});

const among = ({ origin, key, seenBy }: Where, row: Row) =>
  row.origin === origin &&
  (key?.in.includes(row.key) ?? true) &&
  !(seenBy?.notIn.includes(row.ingestionId) ?? false);
const client = {
  ingestedItem: {
    findMany: async ({ where }: { where: Where }) =>
      rows.filter((row) => among(where, row)).map((row) => ({ ...row, bytes: 0n })),
    deleteMany: async ({ where }: { where: Where }) => {
      rows = rows.filter((row) => !among(where, row));
    },
  },
  ingestion: {
    findUnique: async ({ where }: { where: { tenant_workspace_id: { id: string } } }) =>
      running.has(where.tenant_workspace_id.id) ? RUNNING : null,
    findMany: async () => [...running].map((id) => ({ id })),
  },
  $executeRaw: async (
    _: readonly string[],
    _tenant: string,
    _workspace: string,
    origin: string,
    ...rest: unknown[]
  ) => {
    const given = JSON.parse(String(rest.find((value) => String(value).startsWith('['))));
    for (const { key, document_id: documentId, ingestion_id: ingestionId } of given) {
      rows = rows.filter((row) => row.origin !== origin || row.key !== key);
      rows.push({ origin, key, documentId, ingestionId });
    }
  },
};
const RUNNING = {
  ...{ tenant: 'acme', workspace: 'shop', id: 'ing_other', sourceId: null, kind: 'web', location: 'web' },
  ...{ config: { kind: 'web', urls: ['http://a.org/'] }, reading: {}, labels: [], component: null },
  ...{ state: 'running', cursor: null, pages: 0, requestedBy: 'ada', startedAt: new Date(0), endedAt: null },
  progress: { done: 0, failed: 0, skipped: 0, removed: 0, listed: 0, bytes: 0, records: 0, masked: 0 },
  error: null,
};
const deps = {
  database: { client },
  search: {
    remove: async (_: object, { document_id }: { document_id: string[] }) => removed.push(...document_id),
  },
  now: () => new Date(0),
} as unknown as Pick<SourceDeps, 'search' | 'database' | 'now'>;

const open = (kind = 'web', id = 'ing_1') =>
  openUnderWay(deps, { place, ingestion: { id, kind } as IngestionRecord }, ['a']);
const recorded = (documentId: string) =>
  rows.push({ origin: place.origin, key: 'a', documentId, ingestionId: 'ing_1' });

test('what is recorded is under way no more, and stays', async () => {
  const underWay = await open();
  await underWay.begin('a', 'one');
  expect(rows).toHaveLength(1);
  recorded('one');
  await underWay.end('a');
  expect([rows.map(({ documentId }) => documentId), removed]).toEqual([['one'], []]);
});

test('what attempts before have written and not recorded goes, however many there were', async () => {
  await (await open()).begin('a', 'one');
  await (await open()).begin('a', 'two');
  expect(removed).toEqual(['one']);
  const again = await open();
  await again.begin('a', 'three');
  recorded('three');
  await again.end('a');
  expect([rows.map(({ documentId }) => documentId), removed]).toEqual([['three'], ['one', 'two']]);
});

test('what is begun, and named no more by its source, goes with the end of the ingestion', async () => {
  const { signal } = new AbortController();
  await (await open()).begin('a', 'one');
  await removeLeft(deps, place, { kind: 'git', startedAt: new Date(0) }, signal);
  expect(removed).toEqual([]);
  await removeLeft(deps, place, { kind: 'web', startedAt: new Date(0) }, signal);
  expect([rows, removed]).toEqual([[], ['one']]);
});

test('what is begun by another ingestion that goes on is left to it', async () => {
  running.add('ing_other');
  await (await open('web', 'ing_other')).begin('a', 'theirs');
  await removeLeft(deps, place, { kind: 'web', startedAt: new Date(0) }, new AbortController().signal);
  expect([rows.length, removed]).toEqual([1, []]);
});

test('what an attempt before has recorded stays, although it did not come to say so', async () => {
  await (await open()).begin('a', 'one');
  recorded('one');
  await (await open()).end('a');
  expect([rows.map(({ documentId }) => documentId), removed]).toEqual([['one'], []]);
});

test('what another ingestion is writing right now is left to it, until it has ended', async () => {
  running.add('ing_other');
  await (await open('web', 'ing_other')).begin('a', 'theirs');
  const mine = await open();
  await mine.begin('a', 'mine');
  recorded('mine');
  await mine.end('a');
  expect(removed).toEqual([]);
  await (await open('web', 'ing_other')).begin('a', 'theirs');
  running.clear();
  await (await open()).end('a');
  expect(removed).toEqual(['theirs']);
});

test('of sources that give the same bytes under the same name nothing is kept', async () => {
  const underWay = await open('git');
  await underWay.begin('a', 'one');
  await underWay.end('a');
  expect([rows, removed]).toEqual([[], []]);
});
