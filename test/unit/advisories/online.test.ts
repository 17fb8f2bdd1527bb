import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { scanVulnerabilities } from '../../../activities/scan/built-in/vulnerabilities.ts';
import { onlineAdvisories } from '../../../services/advisories/online.ts';
import { fixture } from '../components/bills.ts';
import { type Asked, json, serve } from './osv-server.ts';
import { RECORDS } from './records.ts';

type Query = { package: { name: string }; version: string; page_token?: string };
type Server = Awaited<ReturnType<typeof serve>>;
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

const started = async (handler: Parameters<typeof serve>[0]): Promise<Server> => {
  const server = await serve(handler);
  servers.push(server);
  return server;
};

/** Speaks OSV's protocol about the given records, whatever the versions. */
const osv = (known = RECORDS) => started((asked, answer) => speak(known, asked, answer));

function speak(known: typeof RECORDS, { path, body }: Asked, answer: ServerResponse): void {
  if (path === '/v1/querybatch') {
    const { queries } = body as { queries: Query[] };
    const results = queries.map(({ package: { name } }) => ({
      vulns: known
        .filter(({ affected }) => affected[0]?.package.name === name)
        .map(({ id, modified }) => ({ id, modified })),
    }));
    json(answer, { results });
    return;
  }
  const found = known.find(({ id }) => path === `/v1/vulns/${id}`);
  json(answer, found ?? { code: 5 }, found === undefined ? 404 : 200);
}

const query = (name: string) => ({ ecosystem: 'npm', name, version: '1.0.0' });
const wait = () => Promise.resolve();
const idsOf = async (address: string, ...names: string[]) =>
  (await onlineAdvisories(address, { wait }).lookUp(names.map(query))).advisories.map((list) =>
    list.map(({ id }) => id),
  );

test('asks for packages in one question, and for each advisory once', async () => {
  const server = await osv();
  expect(await idsOf(server.address, 'lodash', 'nothing', '@scope/util', 'lodash')).toEqual([
    ['GHSA-aaaa-bbbb-cccc'],
    [],
    ['MAL-2025-1'],
    ['GHSA-aaaa-bbbb-cccc'],
  ]);
  expect(server.asked.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
    'GET /v1/vulns/GHSA-aaaa-bbbb-cccc',
    'GET /v1/vulns/GHSA-dddd-eeee-ffff',
    'GET /v1/vulns/MAL-2025-1',
    'POST /v1/querybatch',
  ]);
  expect(server.asked[0]?.body).toMatchObject({
    queries: [{ package: { ecosystem: 'npm', name: 'lodash' }, version: '1.0.0' }, {}, {}, {}],
  });
});

test('asks for no more than a thousand packages at a time', async () => {
  const server = await osv();
  const names = Array.from({ length: 2_001 }, (_, at) => (at === 2_000 ? 'lodash' : `p${at}`));
  expect((await idsOf(server.address, ...names))[2_000]).toEqual(['GHSA-aaaa-bbbb-cccc']);
  const sizes = server.asked.flatMap(({ path, body }) =>
    path === '/v1/querybatch' ? [(body as { queries: unknown[] }).queries.length] : [],
  );
  expect(sizes).toEqual([1_000, 1_000, 1]);
});

test('follows the pages of single packages', async () => {
  const server = await started((asked, answer) => {
    if (asked.path !== '/v1/querybatch') return speak(RECORDS, asked, answer);
    const { queries } = asked.body as { queries: Query[] };
    const results = queries.map(({ package: { name }, page_token }) => {
      if (name !== 'lodash') return {};
      if (page_token === undefined) return { next_page_token: 'more' };
      return { vulns: [{ id: 'GHSA-aaaa-bbbb-cccc' }] };
    });
    json(answer, { results });
  });
  expect(await idsOf(server.address, 'other', 'lodash')).toEqual([[], ['GHSA-aaaa-bbbb-cccc']]);
  expect(server.asked[1]?.body).toMatchObject({
    queries: [{ package: { name: 'lodash' }, page_token: 'more' }],
  });
});

describe('a service that is busy', () => {
  const busy = (times: number, status: number, headers: Record<string, string> = {}) => {
    let left = times;
    return started((asked, answer) => {
      if (left === 0) return speak(RECORDS, asked, answer);
      left -= 1;
      answer.writeHead(status, headers).end();
    });
  };

  test.each([429, 500, 503])('with %s is asked again', async (status) => {
    const server = await busy(2, status);
    expect(await idsOf(server.address, 'lodash')).toEqual([['GHSA-aaaa-bbbb-cccc']]);
  });

  test('is given the time it asks for, and no more than half a minute', async () => {
    const waits: number[] = [];
    const remember = (milliseconds: number) => Promise.resolve(waits.push(milliseconds));
    for (const seconds of ['3', '86400']) {
      const server = await busy(1, 429, { 'retry-after': seconds });
      await onlineAdvisories(server.address, { wait: remember }).lookUp([query('lodash')]);
    }
    expect(waits).toEqual([3_000, 30_000]);
  });

  test('for ever is not asked for ever', async () => {
    const server = await busy(100, 503);
    await expect(idsOf(server.address, 'lodash')).rejects.toMatchObject({ code: 'tool_not_available' });
    expect(server.asked).toHaveLength(4);
  });
});

describe('an answer that is none is no scan without findings', () => {
  test.each<[string, (answer: ServerResponse) => void]>([
    ['one result too few', (answer) => json(answer, { results: [] })],
    ['no results', (answer) => json(answer, {})],
    ['no JSON', (answer) => answer.end('<html>')],
    ['a redirect', (answer) => answer.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    ['not allowed', (answer) => json(answer, {}, 403)],
    ['an id that is a path', (answer) => json(answer, { results: [{ vulns: [{ id: '../../x' }] }] })],
    ['pages without end', (answer) => json(answer, { results: [{ next_page_token: 'x' }] })],
    ['an answer without end', (answer) => endless(answer)],
  ])('%s', async (_, handle) => {
    const server = await started((__, answer) => handle(answer));
    await expect(idsOf(server.address, 'lodash')).rejects.toMatchObject({ code: 'tool_not_available' });
  });

  test('nobody there', async () => {
    const server = await osv();
    await server.close();
    servers.pop();
    await expect(idsOf(server.address, 'lodash')).rejects.toMatchObject({ code: 'tool_not_available' });
  });

  test('an advisory that is not there', async () => {
    const server = await started((asked, answer) =>
      asked.path === '/v1/querybatch'
        ? json(answer, { results: [{ vulns: [{ id: 'GHSA-gone' }] }] })
        : speak(RECORDS, asked, answer),
    );
    await expect(idsOf(server.address, 'lodash')).rejects.toMatchObject({ code: 'tool_not_available' });
  });
});

function endless(answer: ServerResponse): void {
  const chunk = Buffer.alloc(4 * 1024 * 1024, ' ');
  const more = () => {
    while (!answer.destroyed && answer.write(chunk));
  };
  answer.on('drain', more);
  more();
}

test('a scan believes the service about versions, works out the fix and tells when it asked', async () => {
  const server = await osv();
  const before = Date.now();
  const { drafts, data } = await scanVulnerabilities({
    ...fixture('yarn-classic'),
    advisories: server.address,
  });
  expect(drafts.map(({ rule, package: about, fix }) => [rule, about?.name, about?.version, fix])).toEqual([
    ['MAL-2025-1', '@scope/util', '2.1.0', null],
    ['GHSA-aaaa-bbbb-cccc', 'lodash', '4.17.20', 'Upgrade lodash to 4.17.21.'],
    ['GHSA-aaaa-bbbb-cccc', 'lodash', '3.10.1', 'Upgrade lodash to 4.17.21.'],
  ]);
  expect(data?.name).toBe(`OSV service at ${new URL(server.address).host}`);
  expect(Date.parse(data?.updated_at ?? '')).toBeGreaterThanOrEqual(before);
});

test('a service may stand below a path', async () => {
  const server = await started((asked, answer) =>
    speak(RECORDS, { ...asked, path: asked.path.replace(/^\/osv/, '') }, answer),
  );
  expect(await idsOf(`${server.address}/osv`, 'lodash')).toEqual([['GHSA-aaaa-bbbb-cccc']]);
  expect(server.asked[0]?.path).toBe('/osv/v1/querybatch');
});
