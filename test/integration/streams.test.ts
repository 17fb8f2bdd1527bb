// needs: postgres, temporal
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { Problem } from '../../contracts/problem.ts';
import type { NewScanEvent, ScanEvent } from '../../contracts/scan-event.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import type { ScanChanges } from '../../services/database/scan-record.ts';
import { openScan, updateScan } from '../../services/database/scans.ts';
import { type Api, startApi, TOKEN } from './api-harness.ts';
import { authorised, overServerSentEvents, overWebSocket, type Received } from './stream-clients.ts';

const SCANS = '/v1/security-scans';
const workspace = `streams-${randomBytes(4).toString('hex')}`;
const scope = { tenant: 'default', workspace };
const query = `workspace_id=${workspace}`;

/** Of somebody without a role. */
const MEMBER = 'm'.repeat(40);

/** Two processes in front of one database. */
let one: Api;
let two: Api;
beforeAll(async () => {
  const member = { subject: 'bob', tenant: 'default', roles: [], token_sha256: sha256(MEMBER) };
  [one, two] = await Promise.all([startApi({ tokens: [member] }), startApi()]);
});
afterAll(async () => {
  await Promise.all([one.stop(), two.stop()]);
});

async function newScan(changes?: ScanChanges): Promise<string> {
  const testId = `test_${randomBytes(12).toString('hex')}`;
  await openScan(one.deps.database, scope, {
    testId,
    component: 'payments',
    assessment: 'default',
    source: { type: 'directory', path: '/srv/shop' },
    requestedBy: null,
    profile: 'light',
    manifestDigest: null,
    request: null,
    workflowId: `scan/${workspace}/payments/${testId}`,
    createdAt: new Date(),
  });
  if (changes) await updateScan(one.deps.database, scope, testId, changes);
  return testId;
}

const at = '2026-01-02T03:04:05.678Z';
const lines = (count: number): NewScanEvent[] =>
  Array.from({ length: count }, (_, n) => ({
    type: 'log',
    at,
    data: { tool: 'bandit', stream: 'stdout', line: `line ${n}` },
  }));
const end: NewScanEvent = { type: 'scan_complete', at, data: { status: 'SUCCEEDED' } };
const append = (testId: string, events: NewScanEvent[], by = one) =>
  by.deps.events.append(scope, testId, events);
const stream = (testId: string, more = '') => `${SCANS}/${testId}/stream?${query}${more}`;
const eventsOf = (testId: string, more = '') => `${SCANS}/${testId}/events?${query}${more}`;
const seqs = (events: readonly ScanEvent[]) => events.map(({ seq }) => seq);
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

/** The HTTP answer to a request for a WebSocket that was refused. */
async function refused(
  path: string,
  options: { token?: string | null; headers?: Record<string, string>; protocols?: string[] } = {},
): Promise<{ status: number; code: string; headers: Record<string, unknown> }> {
  const { token = TOKEN, headers = {}, protocols = [] } = options;
  const socket = new WebSocket(`ws://127.0.0.1:${one.port}${path}`, protocols, {
    headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
  });
  const [, answer] = await once(socket, 'unexpected-response');
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const problem = Problem.strict().parse(JSON.parse(Buffer.concat(chunks).toString()));
  expect(problem.status).toBe(answer.statusCode);
  return { status: problem.status, code: problem.code, headers: answer.headers };
}

const WAYS: [string, (api: Api, testId: string, more?: string) => Received, number | string][] = [
  ['WebSocket', (api, testId, more) => overWebSocket(api.port, stream(testId, more)), 1000],
  [
    'server-sent events',
    (api, testId, more) => overServerSentEvents(api.port, eventsOf(testId, more)),
    'end',
  ],
];

describe.each(WAYS)('over %s', (_way, follow, ended) => {
  test('history and then what comes, once and in order, from whichever process, until the end', async () => {
    const testId = await newScan();
    await append(testId, lines(600));
    const early = [follow(one, testId), follow(two, testId)];
    await Promise.all(early.map(({ reaches }) => reaches(600)));
    const writing = async (api: Api) => {
      for (let batch = 0; batch < 20; batch += 1) await append(testId, lines(1 + (batch % 7)), api);
    };
    const joining = follow(two, testId);
    await Promise.all([writing(one), writing(two)]);
    const middle = follow(one, testId);
    await append(testId, [end], two);
    const late = [follow(one, testId), follow(two, testId)];
    const all = [...early, joining, middle, ...late];
    expect(await Promise.all(all.map(({ closed }) => closed))).toEqual(all.map(() => ended));
    const length = early[0]?.events.length ?? 0;
    expect(length).toBeGreaterThan(700);
    for (const { events } of all) expect(seqs(events)).toEqual(upTo(length));
    expect(early[0]?.events[3]).toEqual({
      seq: 4,
      type: 'log',
      timestamp: 1767323045.678,
      tool: 'bandit',
      stream: 'stdout',
      line: 'line 3',
    });
  });

  test('goes on after the place that is named', async () => {
    const testId = await newScan();
    await append(testId, [...lines(10), end]);
    const following = follow(one, testId, '&after=7');
    expect(await following.closed).toBe(ended);
    expect(seqs(following.events)).toEqual([8, 9, 10, 11]);
  });

  test('who stops reading is waited for by nobody, and still gets everything', async () => {
    const testId = await newScan();
    const [slow, quick] = [follow(one, testId), follow(one, testId)];
    await append(testId, lines(1));
    await Promise.all([slow.reaches(1), quick.reaches(1)]);
    slow.pause();
    const long = lines(500).map((line) => ({ ...line, data: { line: 'x'.repeat(4000) } }));
    for (let batch = 0; batch < 20; batch += 1) await append(testId, long);
    await append(testId, [end]);
    expect(await quick.closed).toBe(ended);
    expect(slow.events.length).toBeLessThan(10_002);
    slow.resume();
    expect(await slow.closed).toBe(ended);
    expect(seqs(slow.events)).toEqual(upTo(10_002));
  });

  test('a run that is long over and never told its end does not keep anybody', async () => {
    const testId = await newScan({ status: 'CANCELLED', completedAt: new Date(Date.now() - 3_600_000) });
    await append(testId, lines(2));
    const following = follow(one, testId);
    expect(await following.closed).toBe(ended);
    expect(following.events).toMatchObject([
      { seq: 1 },
      { seq: 2 },
      { type: 'scan_complete', status: 'CANCELLED' },
    ]);
    expect((await one.ask(eventsOf(testId, '&after=3'))).json).toMatchObject({ events: [], ended: true });
  });

  test('who goes away is forgotten', async () => {
    const testId = await newScan();
    const followers = Array.from({ length: 20 }, () => follow(two, testId));
    await append(testId, lines(1));
    await Promise.all(followers.map(({ reaches }) => reaches(1)));
    expect(two.deps.events.followers()).toBe(20);
    for (const { stop, closed } of followers) {
      stop();
      await closed.catch(() => undefined);
    }
    while (two.deps.events.followers() > 0) await new Promise((turn) => setTimeout(turn, 5));
  });

  test('a process that stops sends its followers to another one, and stops', async () => {
    const three = await startApi();
    const testId = await newScan();
    await append(testId, lines(5));
    const following = follow(three, testId);
    await following.reaches(5);
    const closed = following.closed.catch(() => 'broken off');
    await three.stop();
    expect(await closed).not.toBe(ended);
    const elsewhere = follow(one, testId, `&after=${following.events.at(-1)?.seq}`);
    await append(testId, [end]);
    expect(await elsewhere.closed).toBe(ended);
    expect(seqs([...following.events, ...elsewhere.events])).toEqual(upTo(6));
  });
});

test('what the privacy gate holds back of a bundle is told to reviewers alone', async () => {
  const held = await newScan({ bundleDigest: 'b'.repeat(64), uploadStatus: 'in_review' });
  const passed = await newScan({ bundleDigest: 'b'.repeat(64), uploadStatus: 'permitted' });
  for (const testId of [held, passed]) await append(testId, [...lines(1), end]);
  const read = async (testId: string, token: string) => (await one.ask(eventsOf(testId), { token })).status;
  expect([await read(held, MEMBER), await read(held, TOKEN), await read(passed, MEMBER)]).toEqual([
    403, 200, 200,
  ]);
  expect(await refused(stream(held), { token: MEMBER })).toMatchObject({ status: 403, code: 'forbidden' });
});

describe('who may open a WebSocket', () => {
  test.each<[string, Parameters<typeof refused>[1], number, string]>([
    ['no token', { token: null }, 401, 'unauthenticated'],
    ['a wrong token', { token: 'wrong' }, 401, 'unauthenticated'],
    ['another host', { headers: { host: 'evil.example' } }, 403, 'forbidden'],
    ['a page of another origin', { headers: { origin: 'https://evil.example' } }, 403, 'forbidden'],
    ['a page of no origin', { headers: { origin: 'null' } }, 403, 'forbidden'],
    [
      'a wrong token in a protocol',
      { token: null, protocols: ['certus.events.v1', offered('wrong')] },
      401,
      'unauthenticated',
    ],
  ])('not with %s', async (_what, options, status, code) => {
    const answer = await refused(stream(await newScan()), options);
    expect(answer).toMatchObject({ status, code });
    expect(answer.headers['x-request-id']).toEqual(expect.any(String));
  });

  test.each([
    ['a scan that is not there', `${SCANS}/test_000000000000/stream?${query}`, 404, 'not_found'],
    ['no id', `${SCANS}/x/stream?${query}`, 422, 'invalid_request'],
    ['a place that is none', `${SCANS}/test_000000000000/stream?after=-1`, 422, 'invalid_request'],
    ['a token in the URL', `${SCANS}/test_000000000000/stream?token=x`, 422, 'invalid_request'],
    ['no route', '/v1/nothing', 404, 'not_found'],
  ])('not to %s', async (_what, path, status, code) => {
    expect(await refused(path)).toMatchObject({ status, code });
  });

  test('not from another workspace', async () => {
    const testId = await newScan();
    expect(await refused(`${SCANS}/${testId}/stream?workspace_id=another`)).toMatchObject({ status: 404 });
    expect((await one.ask(`${SCANS}/${testId}/events?workspace_id=another`)).status).toBe(404);
    expect((await one.ask(`${SCANS}/${testId}/events`)).status).toBe(404);
  });

  test('a page of this origin may, with the token among the protocols, which is not sent back', async () => {
    const testId = await newScan();
    await append(testId, [end]);
    const { socket, closed, events } = overWebSocket(one.port, stream(testId), {
      protocols: ['certus.events.v1', offered(TOKEN)],
      headers: { origin: `http://127.0.0.1:${one.port}` },
    });
    expect(await closed).toBe(1000);
    expect(socket.protocol).toBe('certus.events.v1');
    expect(events).toHaveLength(1);
    expect(one.log()).not.toContain(TOKEN);
    expect(one.log()).not.toContain(offered(TOKEN));
  });

  test('a request that is no WebSocket is told to become one', async () => {
    const answer = await one.ask(stream(await newScan()));
    expect(answer.json).toMatchObject({ status: 426, code: 'upgrade_required' });
    expect(answer.headers.upgrade).toBe('websocket');
  });

  test.each([
    ['another protocol', { upgrade: 'h2c', connection: 'upgrade' }],
    ['an old version', { upgrade: 'websocket', connection: 'upgrade', 'sec-websocket-version': '8' }],
    ['no key', { upgrade: 'websocket', connection: 'upgrade', 'sec-websocket-version': '13' }],
  ])('a request for %s is answered as if it had not asked', async (_what, headers) => {
    expect((await one.ask('/healthz', { headers })).status).toBe(200);
    expect((await one.ask(stream(await newScan()), { headers })).json).toMatchObject({
      code: 'upgrade_required',
    });
  });

  test('a route that is none gets its answer over the connection, which is closed', async () => {
    const answer = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const asking = request({
        port: one.port,
        path: '/healthz',
        headers: {
          ...{ upgrade: 'websocket', connection: 'upgrade', 'sec-websocket-version': '13' },
          'sec-websocket-key': Buffer.alloc(16).toString('base64'),
        },
      });
      asking.on('error', reject).on('response', (response) => {
        let text = '';
        response.on('data', (chunk) => (text += String(chunk)));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      asking.end();
    });
    expect(answer).toEqual({ status: 200, text: '{"status":"ok"}' });
  });
});

describe('what a client of a WebSocket sends', () => {
  test('is ignored while it is little, and ends the conversation when it is not', async () => {
    const testId = await newScan();
    await append(testId, lines(1));
    const calm = overWebSocket(one.port, stream(testId));
    const large = overWebSocket(one.port, stream(testId));
    const many = overWebSocket(one.port, stream(testId));
    const pings = overWebSocket(one.port, stream(testId));
    await Promise.all([calm, large, many, pings].map(({ reaches }) => reaches(1)));
    calm.socket.send('hello');
    large.socket.send('x'.repeat(2000));
    for (let n = 0; n < 101; n += 1) many.socket.send('x');
    for (let n = 0; n < 5000; n += 1) pings.socket.ping();
    expect(await large.closed).toBe(1009);
    expect(await many.closed).toBe(1008);
    expect(await pings.closed).toBe(1006);
    await append(testId, [end]);
    expect(await calm.closed).toBe(1000);
  });

  test('need not be a WebSocket: bytes that break the protocol close it and nothing else', async () => {
    const testId = await newScan();
    const socket = connect(one.port, '127.0.0.1');
    socket.write(
      `GET ${stream(testId)} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nUpgrade: websocket\r\n` +
        `Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`,
    );
    const [head] = await once(socket, 'data');
    expect(String(head)).toContain('101 Switching Protocols');
    socket.write(Buffer.from('ffffffffffffffff', 'hex'));
    await once(socket, 'end');
    socket.destroy();
    expect((await one.ask('/healthz')).status).toBe(200);
  });
});

describe('server-sent events', () => {
  test.each(['abc', '-1', '1.5', '99999999999999999999', '1 OR 1=1', 'NaN', '1,2'])(
    'the Last-Event-ID %j is refused',
    async (id) => {
      const headers = { accept: 'text/event-stream', 'last-event-id': id };
      expect((await one.ask(eventsOf(await newScan()), { headers })).json).toMatchObject({
        status: 422,
        code: 'invalid_request',
      });
    },
  );

  test('a Last-Event-ID goes on there, the later of two places counts, one behind the end is over', async () => {
    const testId = await newScan();
    await append(testId, [...lines(5), end]);
    const from = async (id: string, more = '') => {
      const following = overServerSentEvents(one.port, eventsOf(testId, more), { 'last-event-id': id });
      return { closed: await following.closed, seqs: seqs(following.events) };
    };
    expect(await from('3')).toEqual({ closed: 'end', seqs: [4, 5, 6] });
    expect(await from('3', '&after=4')).toEqual({ closed: 'end', seqs: [5, 6] });
    expect(await from('5', '&after=1')).toEqual({ closed: 'end', seqs: [6] });
    // 204 is what keeps a browser from connecting again and again.
    expect(await from('6')).toEqual({ closed: 'status 204', seqs: [] });
    expect(await from('2147483647')).toEqual({ closed: 'status 204', seqs: [] });
    const unasked = overServerSentEvents(one.port, eventsOf(testId, '&after=6'));
    expect(await unasked.closed).toBe('end');
  });

  test('are text that no proxy may change or keep', async () => {
    const testId = await newScan();
    await append(testId, [end]);
    const answer = await one.ask(eventsOf(testId), { headers: { accept: 'text/event-stream' } });
    expect(answer.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    expect(answer.text).toMatch(/^retry: 2000\n\nid: 1\ndata: \{.*\}\n\nevent: end\ndata: \{"last":1\}\n\n$/);
    expect(
      (await one.ask(eventsOf(testId), { method: 'HEAD', headers: { accept: 'text/event-stream' } })).text,
    ).toBe('');
  });

  test('a line cannot pass for another event', async () => {
    const testId = await newScan();
    const line = 'a\n\nid: 7\ndata: {}\n\nevent: end\r\n\u2028';
    await append(testId, [{ type: 'log', at, data: { line } }, end]);
    const following = overServerSentEvents(one.port, eventsOf(testId));
    expect(await following.closed).toBe('end');
    expect(following.events).toMatchObject([{ seq: 1, line }, { seq: 2 }]);
  });
});

describe('pages', () => {
  test('lead from one to the next until nothing will follow', async () => {
    const testId = await newScan();
    await append(testId, [...lines(25), end]);
    const seen: number[] = [];
    let page = (await one.ask(eventsOf(testId, '&limit=10'))).json;
    for (; seen.push(...seqs(page.events)) && !page.ended; )
      page = (await one.ask(eventsOf(testId, `&limit=10&after=${page.next}`))).json;
    expect(seen).toEqual(upTo(26));
  });

  test('may wait for what comes, and not for ever', async () => {
    const testId = await newScan();
    const waiting = two.ask(eventsOf(testId, '&wait=30'));
    await append(testId, lines(2));
    const { json } = await waiting;
    expect(json).toMatchObject({ next: json.events.at(-1).seq, ended: false });
    expect((await one.ask(eventsOf(testId, '&after=2&wait=0.05'))).json).toEqual({
      events: [],
      next: 2,
      ended: false,
    });
    expect((await one.ask(eventsOf(testId, '&wait=31'))).status).toBe(422);
    expect((await one.ask(eventsOf(testId, '&limit=1001'))).status).toBe(422);
    expect((await one.ask(eventsOf(testId), { token: null })).status).toBe(401);
    expect((await one.ask(eventsOf(testId), { headers: authorised })).status).toBe(200);
  });
});

function offered(token: string): string {
  return `certus.bearer.${Buffer.from(token).toString('base64url')}`;
}
