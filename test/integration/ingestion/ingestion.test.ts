// needs: postgres, temporal
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CertusError } from '../../../contracts/errors.ts';
import { GitServers } from '../../unit/scan/git-servers.ts';
import { digestOf, type Ingesting, startIngesting } from './harness.ts';

let folder: string;
let ingesting: Ingesting;
let workspace: string;
let site: Server;
const pages = new Map<string, string>();

const EMAIL = ['inna.keller', 'nordwind-versand.de'].join('@');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certus-ingestion-'));
  site = createServer((request, response) => {
    const page = pages.get(request.url ?? '');
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html' });
    response.end(page);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => site.once('listening', resolve));
  ingesting = await startIngesting(folder, ['127.0.0.1']);
});
afterAll(async () => {
  site?.close();
  await ingesting?.stop();
  rmSync(folder, { recursive: true, force: true });
});
let number = 0;
beforeEach(() => {
  workspace = `${ingesting.workspace}-${++number}`;
  ingesting.connectorIs((connector) => connector);
  ingesting.indexIs(ingesting.api.deps.search);
});

describe('a file that is brought', () => {
  test('is found, with an envelope, and without what was personal in it', async () => {
    const text = `# Rate limits\n\nThe crawler asks eight times in a second. Write to ${EMAIL} for more.\n`;
    const answer = await ingesting.upload(workspace, '', 'limits.md', text);
    expect(answer).toMatchObject({
      status: 200,
      json: { state: 'done', processed_files: 1, failed_files: 0, message: 'Indexed document limits.md' },
    });
    const { ingestion_id, metadata_preview } = answer.json;
    expect(metadata_preview[0]).toMatchObject({
      version: '1.0',
      workspace_id: workspace,
      ingestion_id,
      source: 'upload',
      source_location: 'limits.md',
      content_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const [hit] = await ingesting.found(workspace, 'crawler');
    expect(hit).toMatchObject({ kind: 'document', ingestion_id, source: 'upload' });
    expect(JSON.stringify(hit)).not.toContain(EMAIL);
    expect(hit.text).toContain('EMAIL_ADDRESS');
    expect(await ingesting.found('default', 'crawler')).toEqual([]);
  });

  test('again is not read again, and changed takes the place of what it was', async () => {
    await ingesting.upload(workspace, '', 'a.md', 'the heron stands in the river');
    expect(
      (await ingesting.upload(workspace, '', 'a.md', 'the heron stands in the river')).json,
    ).toMatchObject({
      skipped_files: 1,
      document_count: 0,
      message: 'Unchanged: a.md',
    });
    await ingesting.upload(workspace, '', 'a.md', 'the otter swims in the river');
    expect(await ingesting.found(workspace, 'heron')).toEqual([]);
    expect(await ingesting.found(workspace, 'otter')).toHaveLength(1);
  });

  test.each([
    ['that is empty', '', 'empty.txt', 'invalid_request'],
    ['of no known format', Buffer.from([0, 1, 2, 3, 0, 255, 254, 0, 7]), 'noise.bin', 'item_unreadable'],
    ['that is a broken PDF', '%PDF-1.7\nnothing of a PDF', 'plan.pdf', 'item_unreadable'],
  ])('%s is an error with its reason, and never a success', async (_, content, name, code) => {
    const answer = await ingesting.upload(workspace, '', name, content);
    expect(answer).toMatchObject({ status: 422, json: { code } });
    const list = await ingesting.send(`/v1/ingestions?workspace_id=${workspace}`);
    if (code === 'invalid_request') return;
    const [{ ingestion_id }] = list.json.ingestions;
    const failed = await ingesting.send(`/v1/ingestions/${ingestion_id}/failed?workspace_id=${workspace}`);
    expect(failed.json.items).toMatchObject([{ key: name, tries: 1 }]);
  });

  test('with a label is found by nobody without it', async () => {
    const raw = Buffer.from('the badger sleeps at noon');
    const headers = { 'content-type': 'application/octet-stream', 'content-length': String(raw.length) };
    const path = `/v1/${workspace}/index?filename=badger.txt&labels=forest`;
    expect(await ingesting.send(path, { method: 'POST', raw, headers })).toMatchObject({
      status: 200,
    });
    const scope = { tenant: 'default', workspace };
    const asked = { text: 'badger', limit: 5 };
    const { search } = ingesting.api.deps;
    expect((await search.search(scope, { ...asked, access: ['sea'] })).total).toBe(0);
    expect((await search.search(scope, { ...asked, access: ['forest'] })).total).toBe(1);
  });
});

describe('what a security tool wrote', () => {
  const sarif = (results: object[]) =>
    JSON.stringify({
      version: '2.1.0',
      runs: [{ tool: { driver: { name: 'bandit', rules: [] } }, results }],
    });
  const result = (ruleId: string, text: string) => ({
    ruleId,
    level: 'error',
    message: { text },
    locations: [{ physicalLocation: { artifactLocation: { uri: 'app/db.py' }, region: { startLine: 7 } } }],
  });

  test('becomes findings', async () => {
    const text = sarif([
      result('B105', 'hard coded password'),
      result('B608', `ask ${EMAIL} about the query`),
    ]);
    const answer = await ingesting.upload(workspace, '/security', 'scan.sarif', text, { format: 'auto' });
    expect(answer).toMatchObject({ status: 200, json: { findings_indexed: 2 } });
    const found = await ingesting.send(`/v1/search?workspace_id=${workspace}&rule=B608&kind=finding`);
    expect(found.json.hits).toMatchObject([{ severity: 'high', path: 'app/db.py', source: 'sarif' }]);
    expect(JSON.stringify(found.json)).not.toContain(EMAIL);
  });

  test('by a mapping with a broken path is refused at once, and tells which', async () => {
    const mapping = {
      tool_name: 'mine',
      format: { findings_path: '$.issues[*]', mapping: { title: '$[', severity: '$.level' } },
    };
    const fields = { schema_dict: JSON.stringify(mapping) };
    const answer = await ingesting.upload(workspace, '/security', 'mine.json', '{"issues":[]}', fields);
    const path = 'schema_dict.format.mapping.title';
    expect(answer).toMatchObject({ status: 422, json: { code: 'invalid_request', errors: [{ path }] } });
    const source = { kind: 'git', url: 'https://git.example.com/a.git' };
    const body = { workspace_id: workspace, name: 'a', source, reading: { schema: mapping } };
    const added = await ingesting.send('/v1/sources', { method: 'POST', body });
    expect(added).toMatchObject({
      status: 422,
      json: { errors: [{ path: 'reading.schema.format.mapping.title' }] },
    });
    const object = (more: object) =>
      ingesting.send(`/v1/${workspace}/index/security/s3`, {
        method: 'POST',
        body: { bucket_name: 'reports', key: 'mine.json', ...more },
      });
    expect((await object({ schema_dict: mapping })).json.errors).toMatchObject([{ path }]);
    expect((await object({ tier: 'premium' })).json.errors).toMatchObject([{ path: 'tier' }]);
    expect((await ingesting.send(`/v1/ingestions?workspace_id=${workspace}`)).json.ingestions).toEqual([]);
  });

  test('of its own kind is read by JSONPath, as the earlier system took it', async () => {
    const report = JSON.stringify({
      issues: [{ what: 'the door is open', sev: 'HIGH', file: 'a.c', line: 3 }],
    });
    const schema_dict = JSON.stringify({
      tool_name: 'doors',
      format: {
        findings_path: '$.issues[*]',
        mapping: { title: '$.what', severity: '$.sev', file_path: '$.file', line_start: '$.line' },
      },
    });
    const answer = await ingesting.upload(workspace, '/security', 'doors.json', report, { schema_dict });
    expect(answer).toMatchObject({ status: 200, json: { findings_indexed: 1 } });
    const found = await ingesting.send(`/v1/search?workspace_id=${workspace}&q=door&kind=finding`);
    expect(found.json.hits).toMatchObject([{ kind: 'finding', path: 'a.c', severity: 'high' }]);
  });

  test.each([
    ['that is not what is insisted on', 'plain words', { format: 'sarif' }, 'item_unreadable'],
    ['with a mapping that is none', '{}', { schema_dict: '{"tool_name": 1}' }, 'invalid_request'],
    ['with a mapping that is no JSON', '{}', { schema_dict: '{' }, 'invalid_request'],
    ['of the verified tier', '{}', { tier: 'premium' }, 'invalid_request'],
  ])('%s is refused', async (_, content, fields, code) => {
    const answer = await ingesting.upload(workspace, '/security', 'x.json', content, fields);
    expect(answer).toMatchObject({ status: 422, json: { code } });
  });
});

describe('a repository', () => {
  const servers = new GitServers();
  let repositories: Promise<string>;
  beforeAll(() => {
    repositories = servers.git(join(folder, 'repositories'));
  });
  afterAll(() => servers.stop());

  const git = (cwd: string, ...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd, stdio: 'pipe' });

  async function repository(files: Readonly<Record<string, string>>): Promise<string> {
    const path = join(folder, 'repositories', `r${++number}`);
    await mkdir(path, { recursive: true });
    git(path, 'init', '-q', '-b', 'main');
    commit(path, files);
    return path;
  }
  function commit(path: string, files: Readonly<Record<string, string | null>>): void {
    for (const [name, content] of Object.entries(files)) {
      if (content === null) rmSync(join(path, name));
      else writeFileSync(join(path, name), content);
    }
    git(path, 'add', '-A');
    git(path, 'commit', '-q', '-m', 'a step');
  }
  const index = (repo_url: string, more = {}) =>
    ingesting.send(`/v1/${workspace}/index/git`, { method: 'POST', body: { repo_url, ...more } });

  test('is indexed file by file, the next time only what has changed, and what is gone goes', async () => {
    const path = await repository({
      'README.md': 'kestrel',
      'a.py': 'def heron():\n    pass\n',
      'b.md': 'otter',
    });
    expect(await index('/etc')).toMatchObject({ status: 422 });
    const url = `${await repositories}/${basename(path)}/.git`;
    const first = await index(url);
    expect(first).toMatchObject({ status: 200, json: { processed_files: 3, failed_files: 0 } });
    expect(await ingesting.found(workspace, 'heron')).toMatchObject([{ kind: 'document' }]);
    commit(path, { 'b.md': null, 'README.md': 'buzzard' });
    const again = await index(url);
    expect(again).toMatchObject({ status: 200, json: { processed_files: 1, skipped_files: 1 } });
    expect(await ingesting.ended(workspace, again.json.ingestion_id)).toMatchObject({ removed: 1 });
    expect(await ingesting.found(workspace, 'otter kestrel')).toEqual([]);
    expect(await ingesting.found(workspace, 'buzzard')).toHaveLength(1);
  });
});

describe('web pages', () => {
  test('are indexed, and one that is not there is told with its code', async () => {
    const { port } = site.address() as AddressInfo;
    pages.set('/a', '<html><title>Storks</title><body><h1>Storks</h1><p>They clatter.</p></body></html>');
    const urls = [`http://127.0.0.1:${port}/a`, `http://127.0.0.1:${port}/none`];
    const answer = await ingesting.send(`/v1/${workspace}/index/web`, { method: 'POST', body: { urls } });
    expect(answer).toMatchObject({ status: 200, json: { processed_files: 1, failed_files: 1 } });
    expect(answer.json.failed[0].key).toContain('/none');
    expect(await ingesting.found(workspace, 'clatter')).toHaveLength(1);
  });

  test('of private addresses are not asked for', async () => {
    const urls = ['http://169.254.169.254/latest/meta-data', 'http://localhost:1/'];
    const answer = await ingesting.send(`/v1/${workspace}/index/web`, { method: 'POST', body: { urls } });
    expect(answer).toMatchObject({ json: { processed_files: 0, failed_files: 2 } });
  });
});

describe('a folder', () => {
  const send = async (content: string) => {
    const raw = Buffer.from(content);
    const headers = { 'content-type': 'application/octet-stream', 'content-length': String(raw.length) };
    const path = `/v1/ingest-files?workspace_id=${workspace}&sha256=${digestOf(raw)}`;
    expect(await ingesting.send(path, { method: 'POST', raw, headers })).toMatchObject({
      status: 201,
    });
    return { sha256: digestOf(raw), size: raw.length };
  };
  const index = async (files: readonly object[]) => {
    const body = { workspace_id: workspace, name: 'handbook', files };
    const { json } = await ingesting.send('/v1/ingest-folders', { method: 'POST', body });
    return ingesting.ended(workspace, json.ingestion_id);
  };

  test('is one source: what it has no more goes, what has not changed is not read', async () => {
    const a = { name: 'one/a.md', ...(await send('magpie')) };
    const b = { name: 'b.md', ...(await send('jackdaw')) };
    const missing = { workspace_id: workspace, sha256: [a.sha256, 'f'.repeat(64)] };
    const asked = await ingesting.send('/v1/ingest-files/missing', { method: 'POST', body: missing });
    expect(asked.json).toEqual({ missing: ['f'.repeat(64)] });
    expect(await index([a, b])).toMatchObject({ state: 'done', done: 2 });
    expect(await index([b])).toMatchObject({ state: 'done', done: 0, skipped: 1, removed: 1 });
    expect(await ingesting.found(workspace, 'magpie')).toEqual([]);
  });

  test('of which a file was never sent tells which', async () => {
    const there = { name: 'a.md', ...(await send('rook')) };
    const lost = { name: 'lost.md', sha256: 'e'.repeat(64), size: 3 };
    expect(await index([there, lost])).toMatchObject({ state: 'done', done: 1, failed: 1 });
  });
});

describe('an ingestion', () => {
  const many = async (count: number) => {
    const files = [];
    for (let n = 0; n < count; n++) {
      const raw = Buffer.from(`sparrow ${n}`);
      const headers = { 'content-type': 'application/octet-stream', 'content-length': String(raw.length) };
      await ingesting.send(`/v1/ingest-files?workspace_id=${workspace}`, {
        method: 'POST',
        raw,
        headers,
      });
      files.push({ name: `${n}.txt`, sha256: digestOf(raw), size: raw.length });
    }
    return files;
  };
  const start = async (files: readonly object[]): Promise<string> => {
    const body = { workspace_id: workspace, name: 'many', files };
    return (await ingesting.send('/v1/ingest-folders', { method: 'POST', body })).json.ingestion_id;
  };

  test('goes on after its index was away, and reads nothing twice', async () => {
    const { search } = ingesting.api.deps;
    let refused = 0;
    const reads: string[] = [];
    ingesting.connectorIs((connector) => ({
      ...connector,
      fetch: (item, asked) => {
        reads.push(item.key);
        return connector.fetch(item, asked);
      },
    }));
    ingesting.indexIs({
      ...search,
      index: async (...given) => {
        if (++refused < 3) throw new CertusError('dependency_unavailable', 'the index is away');
        return search.index(...given);
      },
    });
    const id = await start(await many(3));
    expect(await ingesting.ended(workspace, id)).toMatchObject({ state: 'done', done: 3, failed: 0 });
    expect(await ingesting.found(workspace, 'sparrow')).toHaveLength(3);
    expect(new Set(reads).size).toBe(3);
  });

  test('sets one aside that its source does not give, after three tries, and reads it when it is asked to again', async () => {
    const files = await many(6);
    let tries = 0;
    ingesting.connectorIs((connector) => ({
      ...connector,
      fetch: (item, asked) => {
        if (item.key !== '3.txt') return connector.fetch(item, asked);
        tries += 1;
        throw new CertusError('dependency_unavailable', 'it does not answer');
      },
    }));
    const id = await start(files);
    expect(await ingesting.ended(workspace, id)).toMatchObject({ state: 'done', done: 5, failed: 1 });
    expect(tries).toBe(3);
    const failed = await ingesting.send(`/v1/ingestions/${id}/failed?workspace_id=${workspace}`);
    expect(failed.json.items).toMatchObject([{ key: '3.txt', code: 'dependency_unavailable', tries: 3 }]);
    ingesting.connectorIs((connector) => connector);
    const body = { workspace_id: workspace };
    const again = await ingesting.send(`/v1/ingestions/${id}/replay`, { method: 'POST', body });
    expect(await ingesting.ended(workspace, again.json.ingestion_id)).toMatchObject({ done: 1, skipped: 5 });
  });

  test('waits while it is paused, goes on when it is resumed, and can be ended', async () => {
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    ingesting.connectorIs((connector) => ({
      ...connector,
      page: async (asked) => {
        begin();
        await held;
        const page = await connector.page({ ...asked, limit: 2 });
        return page;
      },
    }));
    // more than are taken in one turn
    const id = await start(await many(30));
    await begun;
    const body = { workspace_id: workspace };
    const act = (action: string) =>
      ingesting.send(`/v1/ingestions/${id}/${action}`, { method: 'POST', body });
    expect(await act('pause')).toMatchObject({ status: 202 });
    letGo();
    const path = `/v1/ingestions/${id}?workspace_id=${workspace}`;
    let view = (await ingesting.send(path)).json;
    while (view.state === 'running') view = (await ingesting.send(path)).json;
    expect(view.state).toBe('paused');
    expect(view.done).toBeGreaterThan(0);
    expect(view.done).toBeLessThan(30);
    await act('resume');
    expect(await ingesting.ended(workspace, id)).toMatchObject({ state: 'done', done: 30 });
    expect(await act('cancel')).toMatchObject({ status: 409, json: { code: 'ingestion_ended' } });
  });

  test('is forgotten with everything that it indexed, and read anew after that', async () => {
    const files = await many(2);
    const id = await start(files);
    await ingesting.ended(workspace, id);
    const forget = (body: object) =>
      ingesting.send('/v1/index/forget', { method: 'POST', body: { workspace_id: workspace, ...body } });
    expect((await forget({ ingestion_id: id, dry_run: true })).json).toEqual({
      removed: 0,
      remaining: 2,
      dry_run: true,
    });
    expect((await forget({ ingestion_id: id })).json).toEqual({ removed: 2, remaining: 0, dry_run: false });
    expect(await ingesting.found(workspace, 'sparrow')).toEqual([]);
    expect(await forget({})).toMatchObject({ status: 422 });
    expect(await ingesting.ended(workspace, await start(files))).toMatchObject({ done: 2, skipped: 0 });
  });
});

describe('a source', () => {
  test('is added once, run, scheduled, and takes everything along when it is removed', async () => {
    const { port } = site.address() as AddressInfo;
    pages.set('/s', '<html><body><p>cormorant</p></body></html>');
    const body = {
      workspace_id: workspace,
      name: 'birds',
      source: { kind: 'web', urls: [`http://127.0.0.1:${port}/s`] },
    };
    const added = await ingesting.send('/v1/sources', { method: 'POST', body });
    expect(added).toMatchObject({ status: 201, json: { schedule: null, last: null } });
    const id = added.json.source_id;
    expect((await ingesting.send('/v1/sources', { method: 'POST', body })).json.source_id).toBe(id);
    const here = { workspace_id: workspace };
    const run = await ingesting.send(`/v1/sources/${id}/run`, { method: 'POST', body: here });
    expect(await ingesting.ended(workspace, run.json.ingestion_id)).toMatchObject({ state: 'done', done: 1 });
    const cadence = { ...here, cron: ['0 3 * * *'], jitter_seconds: 60 };
    const scheduled = await ingesting.send(`/v1/sources/${id}/schedule`, { method: 'PUT', body: cadence });
    expect(scheduled.json.schedule).toMatchObject({ cron: ['0 3 * * *'], paused: false });
    const paused = await ingesting.send(`/v1/sources/${id}/schedule/pause`, { method: 'POST', body: here });
    expect(paused.json.schedule).toMatchObject({ paused: true });
    const times = { from: new Date().toISOString(), to: new Date(Date.now() + 86_400_000).toISOString() };
    const ahead = { ...here, ...times };
    expect(
      await ingesting.send(`/v1/sources/${id}/schedule/backfill`, { method: 'POST', body: ahead }),
    ).toMatchObject({ status: 422, json: { errors: [{ path: 'to' }] } });
    const query = `workspace_id=${workspace}`;
    const removed = await ingesting.send(`/v1/sources/${id}?${query}`, { method: 'DELETE' });
    expect(removed.json).toEqual({ removed: 1, remaining: 0 });
    expect(await ingesting.send(`/v1/sources/${id}?${query}`)).toMatchObject({ status: 404 });
    expect(await ingesting.found(workspace, 'cormorant')).toEqual([]);
  });
});
