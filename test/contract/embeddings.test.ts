// needs: postgres
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Database, openDatabase } from '../../services/database/database.ts';
import { embedOnce, textOf } from '../../services/embeddings/cached-embeddings.ts';
import type { Embedder } from '../../services/embeddings/embedder.ts';
import { forgetful } from '../../services/embeddings/forgetful.ts';
import { openPostgresIndex } from '../../services/search/postgres-index.ts';
import type { SearchIndex } from '../../services/search/search-index.ts';

let db: Database;
let asked: string[][];
let tenant: string;
const never = new AbortController().signal;

beforeAll(() => {
  db = openDatabase(process.env.CERTUS_DATABASE_URL!);
});
afterAll(() => db.close());
beforeEach(() => {
  asked = [];
  tenant = `t-${randomBytes(6).toString('hex')}`;
});

/** The first value tells which text a vector was made of. */
const embedder = (changes: Partial<Embedder> = {}): Embedder => ({
  model: 'm',
  dimension: 2,
  embed: async (texts) => {
    asked.push([...texts]);
    return texts.map((text) => Float32Array.of(Number(text), 1));
  },
  ...changes,
});
const embed = async (texts: readonly string[], by = embedder(), whose = tenant) =>
  (await embedOnce(db, by, whose, texts, never)).map((vector) => vector[0]);

test('what was embedded once is not embedded again, whatever the order and however often', async () => {
  expect(await embed(['1', '2', '1'])).toEqual([1, 2, 1]);
  expect(await embed(['2', '3', '1'])).toEqual([2, 3, 1]);
  expect(asked).toEqual([['1', '2'], ['3']]);
  expect(await embed([])).toEqual([]);
});

test('a tenant has nothing of what another one has had embedded, nor a model of another model', async () => {
  await embed(['1']);
  await embed(['1'], embedder(), `${tenant}-other`);
  await embed(['1'], embedder({ model: 'n' }));
  const wider = embedder({
    dimension: 3,
    embed: async (texts) => {
      asked.push([...texts]);
      return texts.map(() => Float32Array.of(7, 0, 0));
    },
  });
  expect(await embed(['1'], wider)).toEqual([7]);
  expect(asked).toHaveLength(4);
});

test('what was embedded before it failed is not embedded again', async () => {
  const texts = Array.from({ length: 300 }, (_, n) => `${n}`);
  const failing = embedder({
    embed: async (some) => {
      if (some.includes('299')) throw new Error('broken');
      return some.map((text) => Float32Array.of(Number(text), 1));
    },
  });
  await expect(embed(texts, failing)).rejects.toThrow('broken');
  expect(await embed(texts)).toEqual(texts.map(Number));
  expect(asked).toEqual([texts.slice(256)]);
});

test('two at once end with the same', async () => {
  const texts = Array.from({ length: 200 }, (_, n) => `${n}`);
  const both = await Promise.all([embed(texts), embed(texts.toReversed())]);
  expect(both).toEqual([texts.map(Number), texts.map(Number).toReversed()]);
});

test('what was kept and is damaged is made anew', async () => {
  await embed(['1']);
  await db.client.embedding.updateMany({ where: { tenant }, data: { vector: Buffer.from('short') } });
  expect(await embed(['1'])).toEqual([1]);
  expect(await embed(['1'])).toEqual([1]);
  expect(asked).toHaveLength(2);
});

describe('what is forgotten', () => {
  const record = (n: number) => ({
    ...{ id: `r${n}`, kind: 'document' as const, title: `${n}`, text: 'of a text' },
    ...{ documentId: `${n}`.repeat(64), capturedAt: '2026-01-01T00:00:00.000Z' },
  });
  /** Says which of them had to be embedded. */
  const again = async (whose = tenant) => {
    asked = [];
    await embed([1, 2].map(record).map(textOf), byTitle, whose);
    return asked.flat();
  };
  const byTitle = embedder({
    embed: async (texts) => {
      asked.push([...texts]);
      return texts.map(() => Float32Array.of(1, 1));
    },
  });

  test('is not remembered by its vector either, and everything else is', async () => {
    const scope = { tenant, workspace: 'web' };
    const index = openPostgresIndex(db);
    await index.index(scope, [1, 2].map(record));
    await again();
    await again(`${tenant}-other`);
    const filters = { document_id: ['1'.repeat(64)] };
    expect(await forgetful(index, db).remove(scope, filters)).toBe(1);
    expect(await index.count(scope, filters)).toBe(0);
    expect(await again()).toEqual([textOf(record(1))]);
    expect(await again(`${tenant}-other`)).toEqual([]);
  });

  test('is remembered where it is only replaced', async () => {
    const scope = { tenant, workspace: 'web' };
    const index = openPostgresIndex(db);
    await index.index(scope, [record(1)]);
    await again();
    await index.remove(scope, { document_id: ['1'.repeat(64)] });
    expect(await again()).toEqual([]);
  });

  test('takes everything of its tenant along when it is more than an index lists', async () => {
    const endless: Pick<SearchIndex, 'refresh' | 'search' | 'remove'> = {
      refresh: async () => undefined,
      search: async (_, { limit }) => {
        const hits = Array.from({ length: limit }, () => ({ document: record(3), score: 0, highlights: [] }));
        return { total: 1_000_000, hits };
      },
      remove: async () => 1_000_000,
    };
    await again();
    await again(`${tenant}-other`);
    const forgetting = forgetful(endless as SearchIndex, db);
    await forgetting.remove({ tenant, workspace: 'web' }, { captured_to: '2026-02-01' });
    expect(await again()).toHaveLength(2);
    expect(await again(`${tenant}-other`)).toEqual([]);
  });
});
