import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Client } from '@opensearch-project/opensearch';
import { bulkWriter } from '../../../services/search/opensearch-write.ts';
import type { IndexDocument } from '../../../services/search/search-index.ts';

type Item = { readonly status: number; readonly type?: string };
type Answer = { readonly status?: number; readonly items?: readonly Item[]; readonly type?: string };

let server: Server;
let client: Client;
/** What is answered to each bulk request, one after the other; the last one again and again. */
let answers: (asked: readonly string[]) => Answer;
/** The documents of each request, by their titles. */
let asked: string[][];

/** Answers a bulk request as OpenSearch does. */
beforeEach(async () => {
  asked = [];
  server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request.setEncoding('utf8')) body += part;
    const titles = body
      .trim()
      .split('\n')
      .filter((_, n) => n % 2 === 1)
      .map((line) => JSON.parse(line).title);
    asked.push(titles);
    const { status = 200, items, type } = answers(titles);
    const error = (why: string | undefined) => ({ type: why ?? 'some_exception', reason: 'some reason' });
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(
        items === undefined
          ? { error: error(type), status }
          : {
              items: items.map((item) => ({
                index: { status: item.status, ...(item.status < 300 ? {} : { error: error(item.type) }) },
              })),
            },
      ),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = new Client({ node: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, maxRetries: 0 });
});

afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  server.close();
});

const document = (id: string, text = ''): IndexDocument => ({
  id,
  kind: 'finding',
  title: id,
  text,
  capturedAt: '2026-01-01T00:00:00.000Z',
});
const write = (documents: readonly IndexDocument[] = [document('one')], patience = 0) =>
  bulkWriter(client, 'a', patience)({ tenant: 't', workspace: 'w' }, documents);
const all = (status: number, type?: string) => (titles: readonly string[]) => ({
  items: titles.map(() => ({ status, ...(type === undefined ? {} : { type }) })),
});

test.each([403, 404, 408, 429, 500, 503, 507])(
  '%i is the fault of the server, and tried again',
  async (status) => {
    answers = all(status);
    await expect(write()).rejects.toMatchObject({ code: 'dependency_unavailable', retryable: true });
  },
);

test.each([400, 409, 413])('%i is the fault of the document, which is named', async (status) => {
  answers = all(status);
  expect(await write()).toEqual([{ id: 'one', reason: 'some reason' }]);
  expect(asked).toHaveLength(1);
});

test('of a document of which nothing is said nobody knows that it was taken', async () => {
  answers = () => ({ items: [] });
  await expect(write()).rejects.toMatchObject({ code: 'dependency_unavailable' });
});

describe('what passes', () => {
  const documents = ['a', 'b', 'c', 'd'].map((id) => document(id));
  const patience = 10_000;

  test('of one document: it alone is sent again, and the others are told as they are', async () => {
    const items: Item[] = [{ status: 201 }, { status: 429 }, { status: 400 }, { status: 503 }];
    answers = (titles) => ({ items: titles.length === 4 ? items : titles.map(() => ({ status: 200 })) });
    expect(await write(documents, patience)).toEqual([{ id: 'c', reason: 'some reason' }]);
    expect(asked).toEqual([
      ['a', 'b', 'c', 'd'],
      ['b', 'd'],
    ]);
  });

  test('of the whole request: everything is sent again', async () => {
    answers = (titles) => (asked.length === 1 ? { status: 429 } : all(201)(titles));
    expect(await write(documents, patience)).toEqual([]);
    expect(asked).toEqual([
      ['a', 'b', 'c', 'd'],
      ['a', 'b', 'c', 'd'],
    ]);
  });

  test('while another index takes the place of this one, of a document or the request', async () => {
    const blocked = 'cluster_block_exception';
    answers = (titles) => {
      if (asked.length === 1) return all(403, blocked)(titles);
      return asked.length === 2 ? { status: 403, type: blocked } : all(200)(titles);
    };
    expect(await write(documents, patience)).toEqual([]);
    expect(asked).toHaveLength(3);
  });

  test('not for ever', async () => {
    answers = all(429);
    await expect(write(documents, 200)).rejects.toMatchObject({ code: 'dependency_unavailable' });
    expect(asked.length).toBeGreaterThan(1);
  });
});

test('no request is longer than the engine should be sent', async () => {
  answers = all(201);
  const long = Array.from({ length: 100 }, (_, n) => document(`l${n}`, 'x'.repeat(120_000)));
  const many = Array.from({ length: 2_500 }, (_, n) => document(`m${n}`));
  expect(await write([...long, ...many])).toEqual([]);
  expect(asked.flat()).toHaveLength(2_600);
  expect(new Set(asked.flat()).size).toBe(2_600);
  for (const titles of asked) expect(titles.length).toBeLessThanOrEqual(1_000);
  const longest = Math.max(...asked.map((titles) => titles.filter((title) => title.startsWith('l')).length));
  expect(longest).toBeLessThanOrEqual(35);
});

describe('of many who write at the same time', () => {
  const scope = { tenant: 't', workspace: 'w' };

  test('each hears of its own documents, and few requests are sent', async () => {
    answers = (titles) => ({ items: titles.map((title) => ({ status: title.endsWith('7') ? 400 : 201 })) });
    const one = bulkWriter(client, 'a');
    const calls = Array.from({ length: 100 }, (_, n) => one(scope, [document(`d${n}`), document(`e${n}`)]));
    for (const [n, failed] of (await Promise.all(calls)).entries())
      expect(failed.map(({ id }) => id)).toEqual(n % 10 === 7 ? [`d${n}`, `e${n}`] : []);
    expect(asked.length).toBeLessThan(6);
    expect(asked.flat().sort()).toEqual(calls.flatMap((_, n) => [`d${n}`, `e${n}`]).sort());
  });

  test('the same document goes in the order in which it was brought', async () => {
    answers = all(201);
    const one = bulkWriter(client, 'a');
    const first = [one(scope, [document('x')]), one(scope, [document('y')])];
    const later = [1, 2, 3].map((n) => one(scope, [{ ...document('same'), title: `same ${n}` }]));
    await Promise.all([...first, ...later]);
    expect(asked).toHaveLength(2);
    expect(asked[1]).toEqual(['y', 'same 1', 'same 2', 'same 3']);
  });

  test('who failed holds up nobody, and none of theirs is sent any more', async () => {
    answers = (titles) => all(titles.includes('bad') ? 500 : 201)(titles);
    const one = bulkWriter(client, 'a', 0);
    const rest = Array.from({ length: 3_500 }, (_, n) => document(`r${n}`));
    const failing = one(scope, [document('bad'), ...rest]);
    const other = one(scope, [document('good')]);
    await expect(failing).rejects.toMatchObject({ code: 'dependency_unavailable' });
    expect(await other).toEqual([]);
    expect(asked.flat().length).toBeLessThan(3_501);
    expect(await one(scope, [document('after')])).toEqual([]);
  });
});
