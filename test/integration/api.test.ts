// needs: postgres, temporal
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Route } from '../../api/route.ts';
import { requestExamples } from '../../api/scans/examples.ts';
import { updateScan } from '../../services/database/scans.ts';
import { type Answer, type Api, needed, startApi, startGate, TOKEN } from './api-harness.ts';

const SCANS = '/v1/security-scans';
const root = realpathSync(mkdtempSync(join(tmpdir(), 'certus-api-')));
/** Every run of the suite has workspaces of its own: the database may be an old one. */
const workspace = (name: string) => `${name}-${run}`;
const run = randomUUID().slice(0, 8);

let api: Api;
beforeAll(async () => {
  mkdirSync(join(root, 'project'));
  api = await startApi({ sourceRoots: [root] });
});
afterAll(async () => {
  await api.stop();
});

const post = (body: unknown, headers: Record<string, string> = {}, from = api) =>
  from.ask(SCANS, { method: 'POST', body, headers });
const scan = (fields: object = {}) => ({
  workspace_id: workspace('w'),
  component_id: 'payments',
  git_url: 'https://example.org/payments.git',
  ...fields,
});
const scope = (name: string) => ({ tenant: 'default', workspace: workspace(name) });

describe('starting a scan', () => {
  test('answers 202 once the run is durable, and the resource it names is there', async () => {
    const accepted = await post(scan({ requested_by: 'ci@example.org', branch: 'main' }));
    expect(accepted.status).toBe(202);
    expect(accepted.headers['retry-after']).toBe('1');
    expect(accepted.headers['idempotency-replayed']).toBeUndefined();
    expect(accepted.json).toMatchObject({ status: 'QUEUED', profile: 'light', component_id: 'payments' });
    expect(accepted.json.workflow_id).toBe(`scan/${workspace('w')}/payments/${accepted.json.test_id}`);

    const shown = await api.ask(String(accepted.headers.location));
    expect(shown.status).toBe(200);
    expect(shown.json).toMatchObject({
      test_id: accepted.json.test_id,
      status: 'QUEUED',
      git_url: 'https://example.org/payments.git',
      branch: 'main',
      requested_by: 'ci@example.org',
      manifest_digest: accepted.json.manifest_digest,
      steps: [],
      upload_status: 'pending',
    });
    const { memo, status, searchAttributes } = await workflow(accepted.json.workflow_id);
    expect(status.name).toBe('RUNNING');
    expect(memo).toMatchObject({ scan: { testId: accepted.json.test_id } });
    expect(searchAttributes).toMatchObject({
      CertusWorkspace: [workspace('w')],
      CertusComponent: ['payments'],
    });
  });

  test.each(Object.keys(requestExamples).filter((name) => name !== 'directory'))(
    'the documented example %s works',
    async (name) => {
      expect((await post({ ...requestExamples[name], workspace_id: workspace('examples') })).status).toBe(
        202,
      );
    },
  );

  test('a folder below a root may be scanned, one elsewhere may not', async () => {
    const directory = (directory_path: string) =>
      post(scan({ git_url: undefined, source_type: 'directory', directory_path }));
    expect((await directory(join(root, 'project'))).status).toBe(202);
    expect((await directory('/etc')).json).toMatchObject({ status: 403, code: 'source_not_allowed' });
    expect((await post(scan({ git_url: '/etc' }))).json).toMatchObject({ code: 'source_not_allowed' });
  });
});

describe('what is wrong is named', () => {
  test.each<[string, object, string[]]>([
    ['nothing given', { component_id: undefined, git_url: undefined }, ['component_id']],
    [
      'several faults',
      { component_id: 'Not OK', workspace_id: '../up', x: 1 },
      ['workspace_id', 'component_id', 'x'],
    ],
    ['both sources', { directory_path: '/x' }, ['directory_path']],
    ['branch and commit', { branch: 'a', commit: 'a'.repeat(40) }, ['commit']],
    ['credentials', { git_url: 'https://user:hunter2@example.org/x' }, ['git_url']],
    ['a helper', { git_url: 'ext::sh -c id' }, ['git_url']],
    [
      'a typo in the gate',
      { manifest: manifest({ thresholds: { critcal: 0 } }) },
      ['manifest.profiles.0.thresholds.critcal'],
    ],
    ['no tools', { manifest: manifest({ tools: [] }) }, ['manifest.profiles.0.tools']],
    ['NUL', { profile: 'a\u0000b' }, ['body']],
    ['NUL in a manifest', { manifest: { ...manifest({}), product: 'a\u0000b' } }, ['manifest.product']],
  ])('%s', async (_what, fields, paths) => {
    const answer = await post(scan(fields));
    expect(answer.json).toMatchObject({ status: 422, code: 'invalid_request' });
    expect(answer.json.errors.map(({ path }: { path: string }) => path)).toEqual(
      expect.arrayContaining(paths),
    );
    expect(answer.text).not.toContain('hunter2');
  });

  test('a profile that the manifest does not have', async () => {
    const answer = await post(scan({ profile: 'heavy', manifest: manifest({ name: 'strict' }) }));
    expect(answer.json).toMatchObject({ status: 422, code: 'unknown_profile' });
    expect(answer.json.detail).toContain('strict');
  });

  test.each<[string, number, string, Parameters<Api['ask']>[1]]>([
    ['no JSON', 400, 'malformed_json', { raw: '{"a":' }],
    ['no object', 422, 'invalid_request', { raw: '"text"' }],
    ['no body', 415, 'unsupported_media_type', {}],
    [
      'another type',
      415,
      'unsupported_media_type',
      { raw: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    ],
    [
      'a body in disguise',
      415,
      'unsupported_media_type',
      { raw: '{}', headers: { 'content-type': 'text/plain' } },
    ],
    ['compressed', 415, 'unsupported_media_type', { raw: 'x', headers: { 'content-encoding': 'gzip' } }],
    ['too large', 413, 'payload_too_large', { body: { x: 'x'.repeat(1024 * 1024) } }],
    [
      'an impossible key',
      422,
      'invalid_request',
      { body: {}, headers: { 'idempotency-key': 'x'.repeat(256) } },
    ],
  ])('%s is %i', async (_what, status, code, asking) => {
    expect((await api.ask(SCANS, { method: 'POST', ...asking })).json).toMatchObject({ status, code });
  });

  test.each<[string, string, number, string]>([
    ['GET', '/v1/nothing', 404, 'not_found'],
    ['GET', '/v1/security-scans/', 404, 'not_found'],
    ['GET', '/V1/health', 404, 'not_found'],
    ['GET', `${SCANS}/test_000000000000`, 404, 'not_found'],
    ['GET', `${SCANS}/x`, 422, 'invalid_request'],
    ['GET', `${SCANS}/%e0%a4%a`, 404, 'not_found'],
    ['GET', `${SCANS}?limit=0`, 422, 'invalid_request'],
    ['GET', `${SCANS}?limit=101`, 422, 'invalid_request'],
    ['GET', `${SCANS}?statsu=FAILED`, 422, 'invalid_request'],
    ['GET', `${SCANS}?workspace_id=a&workspace_id=b`, 422, 'invalid_request'],
    ['GET', `${SCANS}?cursor=bm90aGluZw`, 422, 'invalid_request'],
    ['GET', '/v1/search?limit=x', 422, 'invalid_request'],
    ['GET', '/v1/search?severity=dreadful', 422, 'invalid_request'],
    ['GET', '/v1/search?q=%00', 422, 'invalid_request'],
    ['GET', '/v1/search?cursor=eyJvZmZzZXQiOjEwMDAwfQ', 422, 'invalid_request'],
    ['GET', '/docs/..%2f..%2fpackage.json', 404, 'not_found'],
    ['GET', '/docs/swagger-ui.js.map', 404, 'not_found'],
    ['GET', '/docs/constructor', 404, 'not_found'],
    ['DELETE', SCANS, 405, 'method_not_allowed'],
    ['PUT', '/v1/search', 405, 'method_not_allowed'],
    ['OPTIONS', SCANS, 405, 'method_not_allowed'],
  ])('%s %s is %i', async (method, path, status, code) => {
    const answer = await api.ask(path, { method });
    expect(answer.json).toMatchObject({ status, code });
    if (status === 405) expect(answer.headers.allow).toMatch(/^(POST, )?GET, HEAD$/);
  });
});

describe('Idempotency-Key', () => {
  test('the same request gets the same answer', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const first = await post(scan(), key);
    const second = await post(scan(), key);
    expect(second.status).toBe(202);
    expect(second.text).toBe(first.text);
    expect(second.headers.location).toBe(first.headers.location);
    expect([first, second].map(replayed)).toEqual([false, true]);
  });

  test.each([
    { git_url: 'https://example.org/other.git' },
    { component_id: 'other' },
    { commit: 'a'.repeat(40) },
    { requested_by: 'somebody' },
    { manifest: manifest({ name: 'light' }) },
  ])('another request with the same key is refused: %j', async (change) => {
    const key = { 'idempotency-key': randomUUID() };
    await post(scan(), key);
    expect((await post(scan(change), key)).json).toMatchObject({ status: 409, code: 'idempotency_conflict' });
  });

  test('a key means something in its own workspace only', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const [one, other] = [
      await post(scan(), key),
      await post(scan({ workspace_id: workspace('other') }), key),
    ];
    expect(other.status).toBe(202);
    expect(other.json.test_id).not.toBe(one.json.test_id);
  });

  test('of twenty at once one starts the workflow and all get its answer', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(scan(), key)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers.filter((answer) => !replayed(answer))).toHaveLength(1);
  });

  test('of two different requests racing with one key, one scan is left', async () => {
    const name = workspace('race');
    const key = { 'idempotency-key': randomUUID() };
    const body = (n: number) => scan({ workspace_id: name, component_id: n % 2 ? 'odd' : 'even' });
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => post(body(n), key)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202, 409]));
    const winners = new Set(
      answers.filter(({ status }) => status === 202).map(({ json }) => json.workflow_id as string),
    );
    expect(winners.size).toBe(1);
    const [winner = ''] = winners;
    const loser = winner.includes('/odd/')
      ? winner.replace('/odd/', '/even/')
      : winner.replace('/even/', '/odd/');
    expect((await workflow(winner)).status.name).toBe('RUNNING');
    expect(
      await workflow(loser).then(
        ({ status }) => status.name,
        () => 'ABSENT',
      ),
    ).toMatch(/TERMINATED|ABSENT/);
    expect((await api.ask(`${SCANS}?workspace_id=${name}`)).json.scans).toHaveLength(1);
  });

  test('a run whose row was lost is still shown, and a repeated request brings the row back', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const { json, headers } = await post(scan(), key);
    await api.deps.database.client.scan.deleteMany({ where: { testId: json.test_id } });
    await until(async () => (await api.ask(String(headers.location))).status === 200);
    const shown = await api.ask(String(headers.location));
    expect(shown.json).toMatchObject({ status: 'QUEUED', workflow_id: json.workflow_id });
    expect((await api.ask(`${SCANS}?workspace_id=${workspace('w')}&limit=100`)).text).not.toContain(
      json.test_id,
    );
    expect(replayed(await post(scan(), key))).toBe(true);
    expect((await api.ask(`${SCANS}?workspace_id=${workspace('w')}&limit=100`)).text).toContain(json.test_id);
  });

  test('the row outlives the engine: the key still holds when the workflow is forgotten', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const { json, text } = await post(scan({ branch: 'main' }), key);
    await forget(json.workflow_id);
    const again = await post(scan({ branch: 'main' }), key);
    expect(again.text).toBe(text);
    expect(replayed(again)).toBe(true);
    expect((await post(scan({ branch: 'next' }), key)).json).toMatchObject({ code: 'idempotency_conflict' });
  });
});

describe('lists', () => {
  test('pages hold every scan once, newest first, also while new ones arrive', async () => {
    const name = workspace('pages');
    const made: string[] = [];
    for (let n = 0; n < 5; n += 1) made.unshift((await post(scan({ workspace_id: name }))).json.test_id);
    const seen: string[] = [];
    let cursor = '';
    do {
      const { json } = await api.ask(`${SCANS}?workspace_id=${name}&limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...json.scans.map((row: { test_id: string }) => row.test_id));
      cursor = json.next_cursor ?? '';
      await post(scan({ workspace_id: name }));
    } while (cursor !== '' && seen.length < 10);
    expect(seen).toEqual(made);
  });

  test('filters narrow, and another workspace is another world', async () => {
    const name = workspace('filters');
    const done = (await post(scan({ workspace_id: name, component_id: 'done' }))).json.test_id;
    await post(scan({ workspace_id: name, component_id: 'queued' }));
    await updateScan(api.deps.database, scope('filters'), done, { status: 'SUCCEEDED', verdict: 'passed' });
    const ids = async (query: string) =>
      (await api.ask(`${SCANS}?${query}`)).json.scans.map(
        (row: { component_id: string }) => row.component_id,
      );
    expect(await ids(`workspace_id=${name}`)).toEqual(['queued', 'done']);
    expect(await ids(`workspace_id=${name}&component_id=done`)).toEqual(['done']);
    expect(await ids(`workspace_id=${name}&status=SUCCEEDED`)).toEqual(['done']);
    expect(await ids(`workspace_id=${workspace('nobody')}`)).toEqual([]);
    expect((await api.ask(`${SCANS}/${done}?workspace_id=${workspace('nobody')}`)).status).toBe(404);
  });

  test('a scan has the same keys in every state', async () => {
    const { json } = await post(scan({ workspace_id: workspace('keys') }));
    const at = `${SCANS}/${json.test_id}?workspace_id=${workspace('keys')}`;
    const queued = Object.keys((await api.ask(at)).json);
    for (const status of ['RUNNING', 'FAILED'] as const) {
      await updateScan(api.deps.database, scope('keys'), json.test_id, { status });
      const shown = await api.ask(at);
      expect(shown.json.status).toBe(status);
      expect(Object.keys(shown.json)).toEqual(queued);
    }
  });
});

test('search finds what is in the workspace, page by page', async () => {
  const document = (n: number) => ({
    id: `d${n}`,
    kind: 'finding' as const,
    title: `Private key number ${n}`,
    text: 'a key in a file',
    severity: n % 2 ? 'high' : 'critical',
    rule: 'private-key',
    path: `src/${n}.pem`,
    component: 'payments',
    testId: 'test_0123456789ab',
    extra: { start_line: n + 1 },
    capturedAt: new Date().toISOString(),
  });
  await api.deps.search.index(scope('search'), [0, 1, 2].map(document));
  const ask = async (query: string) =>
    (await api.ask(`/v1/search?workspace_id=${workspace('search')}&${query}`)).json;
  const first = await ask('q=private+key&limit=2');
  expect(first).toMatchObject({
    total: 3,
    hits: [{ kind: 'finding', component_id: 'payments', start_line: expect.any(Number) }, {}],
  });
  const second = await ask(`q=private+key&limit=2&cursor=${first.next_cursor}`);
  expect(second).toMatchObject({ total: 3, next_cursor: null });
  const ids = [...first.hits, ...second.hits].map(({ id }: { id: string }) => id);
  expect(ids.sort()).toEqual(['d0', 'd1', 'd2']);
  expect(await ask('severity=high')).toMatchObject({ total: 1 });
  expect(await ask('severity=high&severity=critical')).toMatchObject({ total: 3 });
  expect((await api.ask(`/v1/search?workspace_id=${workspace('nobody')}&q=key`)).json.total).toBe(0);
});

describe('who may ask', () => {
  const PUBLIC = [
    '/',
    '/docs',
    '/docs/{asset}',
    '/healthz',
    '/openapi.json',
    '/readyz',
    '/v1/authority/certificates',
    '/v1/authority/crl',
    '/v1/health',
    '/v1/manifest-schema',
  ];
  const open = async (routes: readonly Route[]) => {
    const answers = await Promise.all(
      routes.map(async ({ method, path }) => {
        const concrete = path.replace('{test_id}', 'test_0123456789ab').replace('{asset}', 'page.js');
        const { status } = await api.ask(concrete, { method: method.toUpperCase(), token: null });
        return { path, refused: status === 401 };
      }),
    );
    return answers
      .filter(({ refused }) => !refused)
      .map(({ path }) => path)
      .sort();
  };

  test('every route but health and documentation needs a token', async () => {
    expect(await open(api.routes)).toEqual(PUBLIC);
    expect(
      api.routes
        .filter(({ auth }) => auth === 'none')
        .map(({ path }) => path)
        .sort(),
    ).toEqual(PUBLIC);
  });

  test('the check above sees a route that is open by mistake', async () => {
    const mistake = { ...(api.routes.find(({ auth }) => auth === 'none') as Route), path: '/v1/health' };
    expect(await open([...api.routes, mistake])).not.toEqual(PUBLIC);
  });

  test.each([null, 'wrong', `${TOKEN}x`, ''])(
    'the token %j is refused with a hint how to do it',
    async (token) => {
      const answer = await api.ask(SCANS, { token });
      expect(answer.json).toMatchObject({ status: 401, code: 'unauthenticated' });
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    },
  );

  test('nothing of a body is read before the token was checked', async () => {
    const answer = await api.ask(SCANS, {
      method: 'POST',
      token: null,
      raw: '{',
      headers: { 'content-length': '1' },
    });
    expect(answer.status).toBe(401);
  });

  test.each([
    ['evil.example', 403],
    ['evil.example:8056', 403],
    ['localhost.evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['127.0.0.1@evil.example', 403],
    ['localhost', 200],
    ['LOCALHOST:1', 200],
    ['127.0.0.1:8056', 200],
    ['[::1]:8056', 200],
  ])('the host %j gets %i, against DNS rebinding', async (host, status) => {
    expect((await api.ask('/v1/health', { headers: { host } })).status).toBe(status);
  });

  test('a request without a host is refused as well', async () => {
    expect(await raw('GET /v1/health HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 403 /);
    expect(await raw('GET /v1/health HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1.1 403 /,
    );
  });

  test('other names are let in once they are configured', async () => {
    const here = await startApi({ allowedHosts: ['certus.example.org'] });
    try {
      const status = async (host: string) => (await here.ask('/v1/health', { headers: { host } })).status;
      expect(await status('Certus.Example.org:443')).toBe(200);
      expect(await status('other.example.org')).toBe(403);
    } finally {
      await here.stop();
    }
  });

  test('no page elsewhere is told that it may read answers', async () => {
    const { headers } = await api.ask(SCANS, { headers: { origin: 'https://evil.example' } });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    expect(headers['x-powered-by']).toBeUndefined();
  });
});

describe('the request id', () => {
  test('of the caller is kept in the answer and in the log', async () => {
    const id = `ci-${run}`;
    const { headers } = await api.ask('/v1/health', { headers: { 'x-request-id': id } });
    expect(headers['x-request-id']).toBe(id);
    expect(api.log()).toContain(`"request_id":"${id}"`);
  });

  test('that could forge a line is replaced', async () => {
    const { headers } = await api.ask('/v1/health', { headers: { 'x-request-id': 'a" b' } });
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('health and documentation', () => {
  test('each says what it is for', async () => {
    expect((await api.ask('/healthz', { token: null })).json).toEqual({ status: 'ok' });
    expect((await api.ask('/v1/health', { token: null })).json).toMatchObject({
      status: 'ok',
      scanning_mode: 'production',
    });
    expect((await api.ask('/readyz', { token: null })).json).toEqual({
      status: 'ready',
      checks: { database: 'ok', temporal: 'ok', search: 'ok' },
    });
    const home = await api.ask('/', { token: null });
    expect([home.status, home.headers.location]).toEqual([302, '/docs']);
  });

  test('the page loads from this server alone, and everything it names is there', async () => {
    const page = await api.ask('/docs', { token: null });
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'/);
    expect(page.headers['content-security-policy']).not.toContain('unsafe');
    const named = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(named.length).toBeGreaterThan(3);
    for (const path of named) {
      expect(path).toMatch(/^\//);
      expect((await api.ask(path, { token: null })).status).toBe(200);
    }
  });
});

describe('servers that are away', () => {
  test('without Temporal nothing is accepted, and when it is back everything goes on', async () => {
    const gate = await startGate(needed('CERTUS_TEMPORAL_ADDRESS'));
    const here = await startApi({ temporalAddress: gate.address });
    try {
      const key = { 'idempotency-key': randomUUID() };
      expect((await post(scan(), {}, here)).status).toBe(202);
      await gate.shut();
      const refused = await post(scan(), key, here);
      expect(refused.json).toMatchObject({ status: 503, code: 'dependency_unavailable' });
      expect(refused.headers['retry-after']).toBe('5');
      const ready = await here.ask('/readyz');
      expect(ready.status).toBe(503);
      expect(ready.json.checks).toEqual({ database: 'ok', temporal: 'unavailable', search: 'ok' });
      expect((await here.ask('/healthz')).status).toBe(200);
      expect((await here.ask(SCANS)).status).toBe(200);
      await gate.open();
      await until(async () => (await here.ask('/readyz')).status === 200);
      expect(replayed(await post(scan(), key, here))).toBe(false);
    } finally {
      await gate.shut();
      await here.stop();
    }
  });

  test('without the database nothing is accepted either', async () => {
    const url = new URL(needed('CERTUS_DATABASE_URL'));
    const gate = await startGate(`${url.hostname}:${url.port || 5432}`);
    url.host = gate.address;
    const here = await startApi({ databaseUrl: url.href });
    try {
      expect((await here.ask(SCANS)).status).toBe(200);
      await gate.shut();
      for (const answer of [
        await post(scan(), {}, here),
        await here.ask(SCANS),
        await here.ask('/v1/search?q=x'),
      ]) {
        expect(answer.json).toMatchObject({ status: 503, code: 'dependency_unavailable' });
      }
      expect((await here.ask('/readyz')).json.checks).toMatchObject({
        database: 'unavailable',
        temporal: 'ok',
      });
      await gate.open();
      await until(async () => (await here.ask(SCANS)).status === 200);
    } finally {
      await gate.shut();
      await here.stop();
    }
  });
});

describe('what a client cannot do', () => {
  test('bytes that are no request are answered and the connection is closed', async () => {
    expect(await raw('NOT HTTP\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
    expect(await raw(`GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431 /);
  });

  test('an unexpected error tells nothing but its request id', async () => {
    const broken = {
      ...api.deps.search,
      search: () => Promise.reject(new Error('secret detail at /srv/certus')),
    };
    const here = await startApi();
    (here.deps as { search: unknown }).search = broken;
    try {
      const answer = await here.ask('/v1/search?q=x');
      expect(answer.json).toMatchObject({ status: 500, code: 'internal_error' });
      expect(answer.text).not.toContain('secret detail');
      expect(here.log()).toContain('secret detail');
    } finally {
      await here.stop();
    }
  });
});

test('the log holds neither tokens nor bodies nor what was searched for', async () => {
  await post(scan({ requested_by: 'person-in-the-body' }));
  await api.ask('/v1/search?q=person-in-the-query');
  await api.ask(SCANS, { token: 'wrong-token-of-somebody' });
  const log = api.log();
  expect(log).toContain('"path":"/v1/search"');
  for (const private_ of [TOKEN, 'wrong-token', 'person-in-the', 'hunter2', 'Bearer'])
    expect(log).not.toContain(private_);
  for (const line of log.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('request_id');
});

function manifest(profile: object) {
  return { product: 'p', version: '1', profiles: [{ name: 'light', tools: ['secrets'], ...profile }] };
}

function replayed(answer: Answer): boolean {
  expect(answer.status).toBe(202);
  return answer.headers['idempotency-replayed'] === 'true';
}

function workflow(id: string) {
  return api.deps.temporal.workflow.getHandle(id).describe();
}

/** What the engine does by itself when the retention of its namespace is over. */
async function forget(id: string): Promise<void> {
  const { temporal } = api.deps;
  const namespace = temporal.options.namespace;
  await temporal.workflowService.deleteWorkflowExecution({
    namespace,
    workflowExecution: { workflowId: id },
  });
  await until(() =>
    workflow(id).then(
      () => false,
      () => true,
    ),
  );
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('the condition was not met within 30 s')), 30_000);
  const poll = async () => {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  try {
    await Promise.race([poll(), late]);
  } finally {
    clearTimeout(timer);
  }
}

function raw(text: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let answer = '';
  const socket = connect(api.port, '127.0.0.1', () => socket.write(text));
  socket.on('data', (chunk) => {
    answer += chunk.toString();
  });
  socket.on('error', reject).on('close', () => resolve(answer));
  return promise;
}
