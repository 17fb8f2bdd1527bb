// needs: postgres, temporal
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { until } from '../local/processes.ts';
import { DIMENSION, startEmbeddingServer } from './embedding-server.ts';
import { startWithWorker, type WithWorker } from './worker-process.ts';

const MINUTE = 60_000;
const COUNT = 300;
const BEFORE = 120;
let model: Awaited<ReturnType<typeof startEmbeddingServer>>;
let zone: WithWorker;

beforeAll(async () => {
  model = await startEmbeddingServer();
  zone = await startWithWorker({
    CERTUS_EMBEDDINGS: 'openai',
    CERTUS_EMBEDDINGS_URL: model.url,
    CERTUS_EMBEDDINGS_MODEL: `counting-${Date.now()}`,
    CERTUS_EMBEDDINGS_DIMENSION: String(DIMENSION),
  });
}, MINUTE);
afterAll(async () => {
  model?.close();
  await zone?.close();
}, MINUTE);

const names = Array.from({ length: COUNT }, (_, n) => `notes/${n}.md`);
const textOf = (name: string): string => `The heron of ${name} stands in the river.`;
const kept = () =>
  zone.its.database.client.embedding.count({ where: { model: { startsWith: 'counting-' } } });

test(
  'an ingestion whose worker is killed in the middle goes on by itself in the next one, and embeds nothing twice',
  async () => {
    const files = await zone.keep(new Map(names.map((name) => [name, textOf(name)])));
    model.stopAt(BEFORE);
    const id = await zone.ingest('notes', files);
    await until('some are embedded, remembered, and more are asked for', async () => {
      return model.made.size === BEFORE && model.waiting() > 0 && (await kept()) === BEFORE;
    });
    await zone.its.workers.kill('ingest');
    const before = await zone.locations();
    expect(before.length).toBeGreaterThan(0);
    expect(before.length).toBeLessThan(COUNT);
    expect(await zone.show(id)).toMatchObject({ state: 'running', ended_at: null });

    model.stopAt(Number.POSITIVE_INFINITY);
    await zone.its.workers.start('ingest');
    expect(await zone.ended(id)).toMatchObject({ state: 'done', done: COUNT, failed: 0, skipped: 0 });
    expect((await zone.locations()).toSorted()).toEqual(names.map((name) => `notes/${name}`).toSorted());
    expect([...model.made.values()].filter((times) => times !== 1)).toEqual([]);
    expect(model.made.size).toBe(COUNT);
  },
  2 * MINUTE,
);

test(
  'and what it has done stands: the same again is skipped, and asked of no model',
  async () => {
    const files = await zone.keep(new Map(names.map((name) => [name, textOf(name)])));
    const id = await zone.ingest('notes', files);
    expect(await zone.ended(id)).toMatchObject({ state: 'done', done: 0, skipped: COUNT });
    expect(model.made.size).toBe(COUNT);
  },
  MINUTE,
);
