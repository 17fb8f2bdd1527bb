// needs: postgres, temporal, opensearch
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openOpenSearchIndex } from '../../../services/search/opensearch-index.ts';
import type { SearchIndex } from '../../../services/search/search-index.ts';
import { needed } from '../api-harness.ts';
import { isAlive, until } from '../local/processes.ts';
import { digestOf, type Ingesting, startIngesting } from './harness.ts';

const MINUTE = 60_000;
const COUNT = 500;
const alias = `certus-away-${randomBytes(6).toString('hex')}`;
const url = needed('CERTUS_OPENSEARCH_URL');
let folder: string;
let index: SearchIndex;
let ingesting: Ingesting;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certus-away-'));
  index = openOpenSearchIndex({ url, alias, dimension: 8 });
  ingesting = await startIngesting(folder, [], { search: index });
}, MINUTE);
afterAll(async () => {
  await ingesting?.stop();
  await fetch(`${url}/${alias}-v*`, { method: 'DELETE' });
  await index?.close();
  rmSync(folder, { recursive: true, force: true });
}, MINUTE);

type Nodes = { readonly nodes: Readonly<Record<string, { readonly process: { readonly id: number } }>> };

/** Of the real server; whoever started it starts it again when it ends. */
async function processOfIndex(): Promise<number> {
  const { nodes } = (await (await fetch(`${url}/_nodes/process`)).json()) as Nodes;
  const [node] = Object.values(nodes);
  if (node === undefined) throw new Error('the index has no process');
  return node.process.id;
}

async function end(signal: NodeJS.Signals): Promise<void> {
  const pid = await processOfIndex();
  process.kill(pid, signal);
  await until('the index has ended', () => !isAlive(pid));
}

/** Sends what the index should hold, and ends its process when so many of it were read. */
async function bring(workspace: string, endAt: ReadonlyMap<number, NodeJS.Signals>): Promise<string> {
  let fetched = 0;
  ingesting.connectorIs((connector) => ({
    ...connector,
    fetch: async (item, asked) => {
      fetched += 1;
      const signal = endAt.get(fetched);
      if (signal !== undefined) await end(signal);
      return connector.fetch(item, asked);
    },
  }));
  const files = [];
  for (let n = 0; n < COUNT; n += 1) {
    const raw = Buffer.from(`sparrow ${n}`);
    const headers = { 'content-type': 'application/octet-stream', 'content-length': String(raw.length) };
    const path = `/v1/ingest-files?workspace_id=${workspace}`;
    expect(await ingesting.send(path, { method: 'POST', raw, headers })).toMatchObject({ status: 201 });
    files.push({ name: `${n}.txt`, sha256: digestOf(raw), size: raw.length });
  }
  const body = { workspace_id: workspace, name: 'birds', files };
  return (await ingesting.send('/v1/ingest-folders', { method: 'POST', body })).json.ingestion_id;
}

test(
  'an index that is killed in the middle, and stopped once more, is waited for: everything is there once',
  async () => {
    const { workspace } = ingesting;
    const id = await bring(
      workspace,
      new Map([
        [120, 'SIGKILL'],
        [COUNT - 60, 'SIGTERM'],
      ]),
    );
    expect(await ingesting.ended(workspace, id)).toMatchObject({
      state: 'done',
      done: COUNT,
      failed: 0,
      error: null,
    });
    const failed = await ingesting.send(`/v1/ingestions/${id}/failed?workspace_id=${workspace}`);
    expect(failed.json.items).toEqual([]);
    await index.refresh();
    const scope = { tenant: 'default', workspace };
    expect(await index.count(scope, { ingestion_id: [id] })).toBe(COUNT);
    const aggs = { items: { cardinality: { field: 'document_id', precision_threshold: 4000 } } };
    const answer = await fetch(`${url}/${alias}/_search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ size: 0, query: { term: { ingestion_id: id } }, aggs }),
    });
    expect(await answer.json()).toMatchObject({ aggregations: { items: { value: COUNT } } });
  },
  4 * MINUTE,
);
