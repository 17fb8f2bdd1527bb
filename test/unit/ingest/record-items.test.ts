import { beforeEach, expect, test } from '@jest/globals';
import { itemRecorder } from '../../../activities/ingest/record-items.ts';
import type { SourceDeps } from '../../../activities/ingest/source-deps.ts';
import type { IngestedItem } from '../../../services/database/ingested-items.ts';

const place = { scope: { tenant: 'acme', workspace: 'shop' }, origin: 'source_1' };
let done: unknown[];
let rows: readonly IngestedItem[];
beforeEach(() => {
  [done, rows] = [[], []];
});

const deps = {
  search: { remove: async (_: object, filters: object) => done.push({ removed: filters }) },
  database: {
    client: {
      ingestedItem: { findMany: async () => rows.map((row) => ({ ...row, bytes: BigInt(row.bytes) })) },
      $executeRaw: async (_: readonly string[], ...values: unknown[]) => {
        const rows = JSON.parse(String(values.find((value) => String(value).startsWith('['))));
        done.push({ recorded: rows.map(({ key }: { key: string }) => key) });
      },
    },
  },
  now: () => new Date(0),
} as unknown as Pick<SourceDeps, 'search' | 'database' | 'now'>;

const item = (key: string, documentId: string, ingestionId = 'ing_2'): IngestedItem => ({
  ...{ key, documentId, ingestionId, version: 'v', contentHash: 'h', rules: 'r' },
  ...{ records: 1, bytes: 10, seenBy: 'ing_2' },
});

const record = (before: readonly IngestedItem[], after: readonly IngestedItem[]) => {
  rows = before;
  return Promise.all(after.map(itemRecorder(deps, place)));
};

test('what was there of changed items goes first, all of it at once', async () => {
  await record(
    [item('a', 'old-a', 'ing_1'), item('b', 'old-b', 'ing_1')],
    [item('a', 'new-a'), item('b', 'new-b'), item('c', 'new-c')],
  );
  expect(done).toEqual([{ removed: { document_id: ['old-a', 'old-b'] } }, { recorded: ['a', 'b', 'c'] }]);
});

test('of documents that were read anew only what an earlier ingestion has left', async () => {
  await record(
    [item('a', 'same-a', 'ing_0'), item('b', 'same-b', 'ing_1'), item('c', 'old-c', 'ing_1')],
    [item('a', 'same-a'), item('b', 'same-b'), item('c', 'new-c')],
  );
  expect(done.slice(0, 3)).toEqual([
    { removed: { document_id: ['same-a'], ingestion_id: ['ing_0'] } },
    { removed: { document_id: ['same-b'], ingestion_id: ['ing_1'] } },
    { removed: { document_id: ['old-c'] } },
  ]);
});

test('what another ingestion has written since the page was begun goes as well', async () => {
  const recorder = itemRecorder(deps, place);
  rows = [item('a', 'of-another', 'ing_3')];
  await recorder(item('a', 'new-a'));
  expect(done).toEqual([{ removed: { document_id: ['of-another'] } }, { recorded: ['a'] }]);
});

test('nothing of one that was only touched', async () => {
  await record([item('a', 'same', 'ing_1')], [item('a', 'same', 'ing_1')]);
  expect(done).toEqual([{ recorded: ['a'] }]);
});

test('what cannot be taken out is not written down as gone', async () => {
  const away = { ...deps, search: { remove: async () => Promise.reject(new Error('away')) } };
  rows = [item('a', 'old', 'ing_1')];
  const recorder = itemRecorder(away as unknown as typeof deps, place);
  await expect(recorder(item('a', 'new'))).rejects.toThrow('away');
  expect(done).toEqual([]);
});
