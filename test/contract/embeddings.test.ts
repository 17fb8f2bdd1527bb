// needs: postgres
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Database, openDatabase } from '../../services/database/database.ts';
import { embedOnce } from '../../services/embeddings/cached-embeddings.ts';
import type { Embedder } from '../../services/embeddings/embedder.ts';

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
