// needs: postgres, temporal, opensearch
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openOpenSearchIndex } from '../../../services/search/opensearch-index.ts';
import type { SearchIndex } from '../../../services/search/search-index.ts';
import { DOCUMENTS } from '../../fixtures/planted/documents.ts';
import { EMAIL, LEADS, leaksIn, PERSON, PHONE } from '../../fixtures/planted/personal.ts';
import { REPORTS } from '../../fixtures/planted/reports.ts';
import { HEADING, REMARK, TEXTS } from '../../fixtures/planted/texts.ts';
import { GitServers } from '../../unit/scan/git-servers.ts';
import { needed } from '../api-harness.ts';
import { digestOf, type Ingesting, startIngesting } from './harness.ts';

// A name that no list knows, without a title or a role beside it, is not told for one: none is planted like that.
const MINUTE = 60_000;
const ITEMS = [...TEXTS, ...DOCUMENTS, ...REPORTS];
const url = needed('CERTUS_OPENSEARCH_URL');
const alias = `certus-leak-${randomBytes(6).toString('hex')}`;
const repositories = new GitServers();
let folder: string;
let site: Server;
let other: SearchIndex;
let ingesting: Ingesting;
let workspace: string;
const ran: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certus-leak-'));
  site = createServer((request, response) => {
    if (request.url === '/robots.txt') return response.writeHead(404).end();
    const html = TEXTS.find(({ name }) => name === 'page.html')?.bytes;
    return response.writeHead(200, { 'content-type': 'text/html', etag: `"${EMAIL}"` }).end(html);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => site.once('listening', resolve));
  other = openOpenSearchIndex({ url, alias, dimension: 8 });
  ingesting = await startIngesting(folder, ['127.0.0.1']);
  workspace = ingesting.workspace;
  ingesting.indexIs(bothOf(ingesting.api.deps.search, other));
}, MINUTE);
afterAll(async () => {
  site?.close();
  await repositories.stop();
  await ingesting?.stop();
  await fetch(`${url}/${alias}-v*`, { method: 'DELETE' });
  await other?.close();
  rmSync(folder, { recursive: true, force: true });
}, MINUTE);

/** Every record goes into both engines. */
const bothOf = (one: SearchIndex, two: SearchIndex): SearchIndex => ({
  ...one,
  ensure: async () => void (await Promise.all([one.ensure(), two.ensure()])),
  index: async (...given) => {
    await two.index(...given);
    return one.index(...given);
  },
  refresh: async () => void (await Promise.all([one.refresh(), two.refresh()])),
});

const ended = async (id: string) => {
  ran.push(id);
  return ingesting.ended(workspace, id);
};

describe('what is planted in every corner of every format', () => {
  test(
    'is brought as a folder, with names that say something',
    async () => {
      const files = [];
      for (const { name, bytes } of ITEMS) {
        const headers = {
          'content-type': 'application/octet-stream',
          'content-length': String(bytes.length),
        };
        const path = `/v1/ingest-files?workspace_id=${workspace}`;
        const sent = await ingesting.send(path, { method: 'POST', raw: bytes, headers });
        expect(sent).toMatchObject({ status: 201 });
        files.push({ name, sha256: digestOf(bytes), size: bytes.length });
      }
      const body = { workspace_id: workspace, name: `of ${EMAIL}`, files };
      const { json } = await ingesting.send('/v1/ingest-folders', { method: 'POST', body });
      expect(await ended(json.ingestion_id)).toMatchObject({ state: 'done', done: ITEMS.length, failed: 0 });
    },
    3 * MINUTE,
  );

  test(
    'is brought as a repository, with a branch, names, authors and messages',
    async () => {
      const root = join(folder, 'repositories', 'planted');
      const branch = `for-${EMAIL}`;
      const git = (...words: string[]) =>
        execFileSync('git', ['-c', `user.name=${PERSON}`, '-c', `user.email=${EMAIL}`, ...words], {
          cwd: root,
          stdio: 'pipe',
        });
      mkdirSync(root, { recursive: true });
      git('init', '-q', '-b', branch);
      for (const { name, bytes } of TEXTS) {
        mkdirSync(dirname(join(root, name)), { recursive: true });
        writeFileSync(join(root, name), bytes);
      }
      git('add', '-A');
      git('commit', '-q', '-m', `${HEADING}\n\nGodwit: ${REMARK}\n\nReviewed-by: Dr. ${PERSON} <${EMAIL}>`);
      const repo_url = `${await repositories.git(join(folder, 'repositories'))}/planted/.git`;
      const body = { repo_url, branch, history: 10 };
      const { status, json } = await ingesting.send(`/v1/${workspace}/index/git`, { method: 'POST', body });
      expect({ status, json }).toMatchObject({ json: { failed_files: 0 } });
      expect(await ended(json.ingestion_id)).toMatchObject({ state: 'done', failed: 0 });
    },
    2 * MINUTE,
  );

  test(
    'is brought as a page and as a file of its own',
    async () => {
      const { port } = site.address() as AddressInfo;
      const mail = encodeURIComponent(EMAIL);
      const urls = [`http://127.0.0.1:${port}/of/${mail}?phone=${encodeURIComponent(PHONE)}`];
      const page = await ingesting.send(`/v1/${workspace}/index/web`, { method: 'POST', body: { urls } });
      expect(page).toMatchObject({ status: 200, json: { processed_files: 1 } });
      const file = await ingesting.upload(
        workspace,
        '',
        `of ${EMAIL}.md`,
        `# ${HEADING}\n\nGodwit: ${REMARK}\n`,
      );
      expect(file).toMatchObject({ status: 200 });
      expect(leaksIn(JSON.stringify(file.json.metadata_preview))).toEqual([]);
      ran.push(page.json.ingestion_id, file.json.ingestion_id);
    },
    MINUTE,
  );

  test.each([
    ['Postgres', () => inPostgres()],
    ['OpenSearch', () => inOpenSearch()],
  ])('is nowhere in %s, in no field and in no dress, and the words beside it are', async (_, dump) => {
    const records = await dump();
    expect(records.length).toBeGreaterThan(ITEMS.length);
    expect(
      records.flatMap((record) => leaksIn(record).map((leak) => `${leak} in ${record.slice(0, 600)}`)),
    ).toEqual([]);
    const all = records.join('\n');
    const words = new Set([...ITEMS.flatMap(({ words }) => words), 'Godwit']);
    expect([...words].filter((word) => !all.includes(word))).toEqual([]);
  });

  test('is found by nobody, and the rest is', async () => {
    for (const word of LEADS) expect(await ingesting.found(workspace, word)).not.toEqual([]);
    for (const word of [EMAIL, 'inna.keller', 'Wegmann', PHONE.split(' ').at(-2) ?? '', 'Lindenallee'])
      expect(
        (await ingesting.found(workspace, `"${word}"`)).flatMap((hit) => leaksIn(JSON.stringify(hit))),
      ).toEqual([]);
  });

  test('is in no history of the runs, and in nothing that was logged', async () => {
    for (const id of ran) {
      const handle = ingesting.api.deps.temporal.workflow.getHandle(`ingestion/${workspace}/${id}`);
      const told = JSON.stringify(await handle.fetchHistory(), (_, value) =>
        value instanceof Uint8Array ? Buffer.from(value).toString() : value,
      );
      expect(told).toContain(id);
      expect(leaksIn(told)).toEqual([]);
    }
    expect(leaksIn(ingesting.api.log())).toEqual([]);
  });
});

/** Each row whole, also what it is searched by. */
async function inPostgres(): Promise<string[]> {
  const { client } = ingesting.api.deps.database;
  const rows = await client.$queryRaw<
    { row: string }[]
  >`SELECT row_to_json(d)::text AS row FROM search_documents d WHERE workspace = ${workspace}`;
  return rows.map(({ row }) => row);
}

async function inOpenSearch(): Promise<string[]> {
  const answer = await fetch(`${url}/${alias}/_search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ size: 10_000, query: { match_all: {} } }),
  });
  const { hits } = (await answer.json()) as { hits: { hits: object[] } };
  return hits.hits.map((hit) => JSON.stringify(hit));
}
