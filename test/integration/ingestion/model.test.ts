// needs: postgres

import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { finishIngestion } from '../../../activities/ingest/finish-ingestion.ts';
import type { SourceDeps } from '../../../activities/ingest/source-deps.ts';
import { takePage } from '../../../activities/ingest/take-page.ts';
import { Reading } from '../../../contracts/ingestion.ts';
import type { KeySet } from '../../../contracts/keys.ts';
import type { Connector } from '../../../services/connectors/connector.ts';
import { openDatabase } from '../../../services/database/database.ts';
import { listFailedItems } from '../../../services/database/failed-items.ts';
import { openIngestion } from '../../../services/database/ingestions.ts';
import { lookingAgain } from '../../../services/ingest/look-again.ts';
import { openItemReader } from '../../../services/ingest/open-item-reader.ts';
import { openNamesInTexts } from '../../../services/sanitize/names-in-texts.ts';
import { openNerClient } from '../../../services/sanitize/ner-client.ts';
import { openPostgresIndex } from '../../../services/search/postgres-index.ts';
import { Analyzer } from '../../unit/sanitize/analyzer.ts';

const database = openDatabase(process.env.CERTUS_DATABASE_URL!);
const search = openPostgresIndex(database);
const byRules = openItemReader({ threads: 1, maxBytes: 1024 * 1024 });
afterAll(() => Promise.all([byRules.close(), database.close()]));

let analyzer: Analyzer;
let withModel: SourceDeps['reader'];
let scope: { tenant: string; workspace: string };
beforeEach(async () => {
  analyzer = new Analyzer({ Quillonex: 'PERSON' });
  const ner = openNerClient({ url: await analyzer.start(), kinds: ['PERSON'], seconds: 5 });
  withModel = lookingAgain(byRules, openNamesInTexts({ ner, languages: ['en'] }));
  scope = { tenant: 'acme', workspace: `model-${randomBytes(6).toString('hex')}` };
});
afterEach(() => analyzer.stop());

const LETTERS: Readonly<Record<string, string>> = {
  'a.txt': 'a letter to Quillonex about nothing',
  'b.txt': 'a letter to nobody about nothing',
};

const connector: Connector = {
  listsAll: true,
  page: async () => ({
    items: Object.entries(LETTERS).map(([key, body]) => ({
      ...{ key, version: '1', size: body.length, name: key },
      location: `folder/${key}`,
    })),
    ...{ gone: [], lost: [], cursor: null, checkpoint: null },
  }),
  fetch: async ({ key }) => ({ bytes: Buffer.from(LETTERS[key] ?? ''), mediaType: null }),
  close: async () => undefined,
};

const depsWith = (reader: SourceDeps['reader']): SourceDeps => ({
  ...{ database, search, reader, embedder: undefined, maxItemBytes: 1024 * 1024 },
  keySet: { schema: 'https://certus.dev/key-set/v1', keys: [] } satisfies KeySet,
  connect: async () => connector,
  now: () => new Date(),
});

async function begun(): Promise<Parameters<typeof takePage>[1]> {
  const ingestionId = `ing_${randomBytes(12).toString('hex')}`;
  await openIngestion(database, scope, {
    ...{ id: ingestionId, sourceId: null, kind: 'folder', location: 'folder', component: null },
    ...{
      config: { kind: 'folder', name: 'letters', list: '0'.repeat(64), files: 2 },
      reading: Reading.parse({}),
      labels: [],
    },
    ...{ requestedBy: 'a test', startedAt: new Date() },
  });
  return { scope, ingestionId, sourceId: null, kind: 'folder', component: null };
}

const { signal } = new AbortController();
const page = (reader: SourceDeps['reader'], input: Parameters<typeof takePage>[1]) =>
  takePage(depsWith(reader), input, 0, { signal, attempt: 1 });

async function ingested(reader: SourceDeps['reader']) {
  const input = await begun();
  await page(reader, input);
  return finishIngestion(depsWith(reader), input, signal);
}

const found = async (text: string) => {
  const { hits } = await search.search(scope, { text, limit: 10 });
  return hits.map(({ document }) => document);
};

test('while the model is away nothing is indexed and nothing set aside, and all of it once it is back', async () => {
  const input = await begun();
  await analyzer.stop();
  await expect(page(withModel, input)).rejects.toMatchObject({
    code: 'dependency_unavailable',
    retryable: true,
  });
  await search.refresh();
  expect(await found('letter')).toEqual([]);
  expect(await search.count(scope, { ingestion_id: [input.ingestionId] })).toBe(0);
  expect(await listFailedItems(database, scope, input.ingestionId, { limit: 10 })).toMatchObject({
    items: [],
  });

  await analyzer.start();
  expect((await page(withModel, input)).progress).toMatchObject({ done: 2, failed: 0, masked: 1 });
  await finishIngestion(depsWith(withModel), input, signal);
  const texts = (await found('letter')).map(({ text }) => text);
  expect(texts).toEqual(expect.arrayContaining(['a letter to [PERSON] about nothing', LETTERS['b.txt']]));
  expect(await found('Quillonex')).toEqual([]);
});

test('what the rules alone have looked at is read again once there is a model, and not after that', async () => {
  expect(await ingested(byRules)).toMatchObject({ done: 2 });
  expect(await found('Quillonex')).toHaveLength(1);
  expect(await ingested(withModel)).toMatchObject({ done: 2, skipped: 0 });
  expect(await found('Quillonex')).toEqual([]);
  const [record] = await found('nobody');
  expect(record?.envelope?.sanitizer).toMatch(/ ner PERSON en$/);
  expect(await ingested(withModel)).toMatchObject({ done: 0, skipped: 2 });
});

test('an item that the model cannot bear is set aside, and the others are found', async () => {
  analyzer.instead = ({ text }, response) => {
    if (!text.includes('nobody')) return false;
    response.writeHead(500).end();
    return true;
  };
  const input = await begun();
  expect((await page(withModel, input)).progress).toMatchObject({ done: 1, failed: 1 });
  await finishIngestion(depsWith(withModel), input, signal);
  expect((await found('letter')).map(({ path }) => path)).toEqual(['a.txt']);
  const failed = await listFailedItems(database, scope, input.ingestionId, { limit: 10 });
  expect(failed.items).toMatchObject([{ key: 'b.txt', code: 'item_unreadable' }]);
});
