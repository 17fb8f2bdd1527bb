import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@opensearch-project/opensearch';
import pMap from 'p-map';
import { startServers } from '../infra/local/start-servers.ts';
import { openOpenSearchIndex } from '../services/search/opensearch-index.ts';
import type { IndexDocument, SearchIndex } from '../services/search/search-index.ts';
import { clock, median } from './alternate.ts';
import { bareRequests, sendBare } from './bare/bulk.ts';
import type { Bench } from './bench.ts';

const DOCUMENTS = 4_000;
const PAGE = 500;
const WARM_UPS = 1;
const ROUNDS = 5;
const SCOPE = { tenant: 'bench', workspace: 'default' };

/** What the index costs a pipeline, beside an OpenSearch that is only sent the same documents. */
export const ingestIndex: Bench = {
  name: 'ingest-index',
  about: '4,000 documents into OpenSearch, in pages and one by one, beside bare _bulk requests of the same',
  run: async (report) => {
    const home = await mkdtemp(join(tmpdir(), 'certus-bench-'));
    const servers = await startServers(['opensearch'], { dir: home, report, build: true });
    const url = String(servers.env.CERTUS_OPENSEARCH_URL);
    const client = new Client({ node: url });
    try {
      return await measure(url, client, report);
    } finally {
      await client.close();
      await servers.stop();
      await rm(home, { recursive: true, force: true });
    }
  },
};

async function measure(url: string, client: Client, report: (line: string) => void) {
  const documents = Array.from({ length: DOCUMENTS }, (_, n) => documentOf(n));
  const requests = bareRequests(SCOPE, documents, PAGE);
  const ways = {
    bare: (_: SearchIndex, alias: string) => sendBare(url, alias, requests),
    pages: (index: SearchIndex) => inPages(index, documents),
    singly: (index: SearchIndex) =>
      pMap(documents, (document) => index.index(SCOPE, [document], { visible: false }), { concurrency: 64 }),
  };
  const taken: Record<keyof typeof ways, number[]> = { bare: [], pages: [], singly: [] };
  for (let round = -WARM_UPS; round < ROUNDS; round++) {
    // in turn, so that a machine that gets slower does so for all
    for (const name of ['bare', 'pages', 'singly'] as const) {
      const alias = `bench-${name}-${round + WARM_UPS}`;
      const index = openOpenSearchIndex({ url, alias, dimension: 8 });
      await index.ensure();
      const milliseconds = await clock(async () => {
        await ways[name](index, alias);
        await index.refresh();
      });
      await requireAll(index);
      await index.close();
      await client.indices.delete({ index: `${alias}-v2-000001` });
      if (round >= 0) taken[name].push(milliseconds);
    }
    report(`round ${round + WARM_UPS + 1} of ${ROUNDS + WARM_UPS}`);
  }
  const [bare, pages, singly] = [median(taken.bare), median(taken.pages), median(taken.singly)];
  const perSecond = (milliseconds: number) => (DOCUMENTS * 1000) / milliseconds;
  return {
    ratios: { rate_to_bare_bulk: bare / pages, one_by_one_to_bare_bulk: bare / singly },
    figures: {
      documents: DOCUMENTS,
      bare_per_s: perSecond(bare),
      pages_per_s: perSecond(pages),
      one_by_one_per_s: perSecond(singly),
    },
    goals: [{ of: 'rate_to_bare_bulk', atLeast: 0.6 }],
  };
}

async function inPages(index: SearchIndex, documents: readonly IndexDocument[]): Promise<void> {
  for (let at = 0; at < documents.length; at += PAGE)
    await index.index(SCOPE, documents.slice(at, at + PAGE), { visible: false });
}

async function requireAll(index: SearchIndex): Promise<void> {
  const found = await index.count(SCOPE, {});
  if (found !== DOCUMENTS) throw new Error(`${found} of ${DOCUMENTS} documents are in the index`);
}

/** As long as a chunk of a text, of words that are spread as words are. */
function documentOf(n: number): IndexDocument {
  let state = n + 1;
  const next = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
  const word = () => `word${Math.floor(20_000 ** next()).toString(36)}`;
  const words = (count: number) => Array.from({ length: count }, word).join(' ');
  return {
    id: `document-${n}`,
    kind: 'document',
    title: words(6),
    text: words(200),
    path: `docs/${n % 50}/${n}.md`,
    source: 'git',
    sourceId: 'source_0123456789abcdef01234567',
    ingestionId: 'ing_0123456789abcdef01234567',
    documentId: n.toString(16).padStart(64, '0'),
    location: `https://git.example.org/handbook.git docs/${n % 50}/${n}.md`,
    language: 'en',
    capturedAt: '2026-01-01T00:00:00.000Z',
  };
}
