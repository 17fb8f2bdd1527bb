import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as bodyText } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openNerClient } from '../../../services/sanitize/ner-client.ts';
import { piecesOf } from '../../../services/sanitize/ner-pieces.ts';

type Asked = { readonly text: string; readonly language: string; readonly entities: readonly string[] };

let server: Server;
let url: string;
let asked: { path: string | undefined; body: Asked }[];
let answer: (body: Asked, response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer(async (request: IncomingMessage, response) => {
    const body = JSON.parse(await bodyText(request)) as Asked;
    asked.push({ path: request.url, body });
    answer(body, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
  answer = names;
});

/** As the analyzer of Presidio does: places in code points, and more about each than anybody asked for. */
function names({ text }: Asked, response: ServerResponse): void {
  const letters = [...text];
  const spans = letters.flatMap((_, start) =>
    letters.slice(start, start + 3).join('') === 'Ada'
      ? [{ entity_type: 'PERSON', start, end: start + 3, score: 0.85, analysis_explanation: null }]
      : [],
  );
  const more = [{ entity_type: 'DATE_TIME', start: 0, end: 1, score: 0.6, recognition_metadata: { a: 1 } }];
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify([...spans, ...more]));
}

const client = (more: { seconds?: number; path?: string } = {}) =>
  openNerClient({
    url: `${url}${more.path ?? ''}`,
    kinds: ['PERSON', 'LOCATION'],
    seconds: more.seconds ?? 5,
  });

describe('a model over HTTP', () => {
  test('is asked as Presidio is, and what it finds is told in places of ours', async () => {
    const text = '😀 Ada, and Ada again';
    const found = await client({ path: '/nlp' }).find(text, 'de');
    expect(found.map(({ type, start, end }) => [type, text.slice(start, end)])).toEqual([
      ['PERSON', 'Ada'],
      ['PERSON', 'Ada'],
    ]);
    expect(asked).toEqual([
      { path: '/nlp/analyze', body: { text, language: 'de', entities: ['PERSON', 'LOCATION'] } },
    ]);
  });

  test('reads a long text in pieces, and misses nothing where they meet', async () => {
    const text = `${'Ada went home. '.repeat(8000)}Ada`;
    const found = await client().find(text, 'en');
    expect(asked.length).toBeGreaterThan(2);
    expect(new Set(found.map(({ start }) => start)).size).toBe(8001);
    expect(found.every(({ start, end }) => text.slice(start, end) === 'Ada')).toBe(true);
    const pieces = piecesOf('😀'.repeat(60_000));
    expect(pieces.every((piece) => piece.text.isWellFormed())).toBe(true);
    expect(pieces.at(-1)).toMatchObject({ text: expect.stringMatching(/😀$/u) });
  });

  test.each<[string, (body: Asked, response: ServerResponse) => void]>([
    ['an error', (_, response) => response.writeHead(500).end('{}')],
    ['a redirect', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    ['what is no JSON', (_, response) => response.end('<html>')],
    ['no list', (_, response) => response.end('{"spans": []}')],
    [
      'places beyond the text',
      (_, response) => response.end('[{"entity_type":"PERSON","start":0,"end":99,"score":1}]'),
    ],
    [
      'scores that are none',
      (_, response) => response.end('[{"entity_type":"PERSON","start":0,"end":1,"score":7}]'),
    ],
    ['nothing at all, and hangs up', (_, response) => void response.destroy()],
  ])('that answers with %s is an error, and never nothing found', async (_, wrong) => {
    answer = wrong;
    await expect(client().find('Ada', 'en')).rejects.toMatchObject({
      code: 'dependency_unavailable',
      message: expect.not.stringContaining('Ada'),
    });
  });

  test('that says nothing is not waited for longer than it may take', async () => {
    answer = () => undefined;
    await expect(client({ seconds: 0.2 }).find('Ada', 'en')).rejects.toMatchObject({
      code: 'dependency_unavailable',
    });
  });
});
