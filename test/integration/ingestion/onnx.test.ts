// needs: postgres, temporal, onnxruntime
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Embedder } from '../../../services/embeddings/embedder.ts';
import { openOnnxEmbedder } from '../../../services/embeddings/onnx/onnx-embedder.ts';
import { openPostgresIndex } from '../../../services/search/postgres-index.ts';
import { type Api, needed, startApi } from '../api-harness.ts';
import { startWithWorker, type WithWorker } from './worker-process.ts';

const MINUTE = 60_000;
const DIMENSION = 8;
/** It knows that a ship is much the same as a boat, and a password as a credential. */
const FOLDER = resolve('test/fixtures/onnx/tiny');
let zone: WithWorker;
let embedder: Embedder;
let asking: Api;

beforeAll(async () => {
  const runtime = needed('CERTUS_EMBEDDINGS_RUNTIME');
  zone = await startWithWorker({
    CERTUS_EMBEDDINGS: 'onnx',
    CERTUS_EMBEDDINGS_MODEL: FOLDER,
    CERTUS_EMBEDDINGS_RUNTIME: runtime,
    CERTUS_EMBEDDINGS_DIMENSION: String(DIMENSION),
  });
  embedder = await openOnnxEmbedder({ folder: FOLDER, runtime, dimension: DIMENSION });
  const search = openPostgresIndex(zone.its.database, { dimension: DIMENSION });
  asking = await startApi({ search, embedder });
}, MINUTE);
afterAll(async () => {
  await embedder?.close?.();
  await asking?.stop();
  await zone?.close();
}, MINUTE);

const found = async (api: Api, words: string): Promise<string[]> => {
  const answer = await api.ask(`/v1/search?workspace_id=${zone.workspace}&q=${words}`);
  expect(answer.status).toBe(200);
  return answer.json.hits.map(({ location }: { location: string }) => location);
};

test(
  'what was ingested is found by what it means, in none of its words',
  async () => {
    const notes = { harbour: 'boats boat', safe: 'credential credentials', till: 'invoice invoices' };
    const files = await zone.keep(new Map(Object.entries(notes).map(([name, text]) => [`${name}.md`, text])));
    const id = await zone.ingest('notes', files);
    expect(await zone.ended(id)).toMatchObject({ state: 'done', done: 3, failed: 0 });

    expect((await found(asking, 'ship'))[0]).toBe('notes/harbour.md');
    expect((await found(asking, 'password'))[0]).toBe('notes/safe.md');
    // whoever compares words finds none
    expect(await found(zone.api, 'ship')).toEqual([]);
    expect(await found(zone.api, 'password')).toEqual([]);
  },
  MINUTE,
);
