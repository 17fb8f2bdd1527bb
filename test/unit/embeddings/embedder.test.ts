import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Embedder } from '../../../services/embeddings/embedder.ts';
import { openEmbedder } from '../../../services/embeddings/open-embedder.ts';
import { OLLAMA, OPENAI } from '../../../services/embeddings/protocols.ts';
import { remoteEmbedder } from '../../../services/embeddings/remote-embedder.ts';

type Asked = { readonly path: string; readonly key: string | undefined; readonly body: { input: string[] } };

let server: Server;
let url: string;
let folder: string;
let asked: Asked[];
let answer: (asked: Asked, response: ServerResponse) => void;

beforeEach(async () => {
  asked = [];
  folder = await mkdtemp(join(tmpdir(), 'embeddings-'));
  server = createServer(async (request, response) => {
    const body = JSON.parse(await textOf(request));
    const it = { path: request.url ?? '', key: request.headers.authorization, body };
    asked.push(it);
    answer(it, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += part;
  return text;
}

const json = (response: ServerResponse, value: unknown, status = 200) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
/** Of what each vector was made can be read from it, also when it has been made one long. */
const vectorOf = (text: string) => [text.length, 1, 0];
const lengthIn = (vector: Float32Array) => Math.round(vector[0]! / vector[1]!);
const asOllama = ({ body }: Asked, response: ServerResponse) =>
  json(response, { model: 'm', embeddings: body.input.map(vectorOf), total_duration: 1 });
/** The last one first: the answer says which is which. */
const asOpenAi = ({ body }: Asked, response: ServerResponse) => {
  const data = body.input.map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text) }));
  json(response, { object: 'list', data: data.toReversed(), model: 'm', usage: { total_tokens: 1 } });
};

const never = new AbortController().signal;
const ollama = (changes: object = {}): Embedder =>
  remoteEmbedder({ protocol: OLLAMA, url, model: 'm', dimension: 3, patience: 5_000, ...changes });
const openai = (changes: object = {}): Embedder =>
  ollama({ protocol: OPENAI, url: `${url}/v1/`, ...changes });

describe.each([
  ['Ollama', ollama, '/api/embed', asOllama, { model: 'm', truncate: true }],
  ['an OpenAI API', openai, '/v1/embeddings', asOpenAi, { model: 'm', encoding_format: 'float' }],
] as const)('%s', (_, open, path, well, sent) => {
  test('is asked as it should be, and its vectors are made one long', async () => {
    answer = well;
    const vectors = await open().embed(['a', 'bb'], never);
    for (const vector of vectors) {
      expect(vector).toBeInstanceOf(Float32Array);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    }
    expect(vectors.map(lengthIn)).toEqual([1, 2]);
    expect(asked).toEqual([{ path, key: undefined, body: { ...sent, input: ['a', 'bb'] } }]);
  });

  test('gets many texts by and by, each answered by its own vector', async () => {
    answer = well;
    const texts = Array.from({ length: 150 }, (_, n) => 'y'.repeat(n + 1));
    const vectors = await open().embed(texts, never);
    expect(vectors.map(lengthIn)).toEqual(texts.map((text) => text.length));
    expect(asked.map(({ body }) => body.input.length).sort()).toEqual([22, 64, 64]);
  });
});

test('vectors of an OpenAI API go by their index, whatever the order', async () => {
  answer = ({ body }, response) =>
    json(response, {
      data: body.input
        .map((text, index) => ({ index, embedding: text === 'x' ? [1, 0, 0] : [0, 1, 0] }))
        .toReversed(),
    });
  expect((await openai().embed(['x', 'y'], never)).map((vector) => [...vector])).toEqual([
    [1, 0, 0],
    [0, 1, 0],
  ]);
});

test('the key stands in a file, and goes nowhere else', async () => {
  const keyFile = join(folder, 'key');
  await writeFile(keyFile, 'sk-first\n');
  answer = asOpenAi;
  const embedder = openai({ keyFile });
  await embedder.embed(['a'], never);
  await writeFile(keyFile, 'sk-second');
  await embedder.embed(['a'], never);
  expect(asked.map(({ key }) => key)).toEqual(['Bearer sk-first', 'Bearer sk-second']);

  answer = (_, response) => response.writeHead(307, { location: `${url}/elsewhere` }).end();
  await expect(openai({ keyFile, patience: 0 }).embed(['a'], never)).rejects.toMatchObject({
    code: 'dependency_unavailable',
  });
  expect(asked.map(({ path }) => path)).not.toContain('/elsewhere');
  await writeFile(keyFile, 'two\r\nlines: x');
  await expect(embedder.embed(['a'], never)).rejects.toMatchObject({ code: 'embedding_failed' });
  await expect(openai({ keyFile: join(folder, 'none') }).embed(['a'], never)).rejects.toMatchObject({
    code: 'embedding_failed',
  });
});

test('a server that is overrun is asked again, one that is away is worth another try', async () => {
  answer = (it, response) =>
    asked.length < 3 ? json(response, { error: 'busy' }, 429) : asOllama(it, response);
  expect(await ollama().embed(['a'], never)).toHaveLength(1);
  expect(asked).toHaveLength(3);
  answer = (_, response) => json(response, { error: 'no' }, 503);
  await expect(ollama({ patience: 0 }).embed(['a'], never)).rejects.toMatchObject({
    code: 'dependency_unavailable',
    message: 'The embedding server cannot serve us now (503).',
  });
  await expect(ollama({ url: 'http://127.0.0.1:1', patience: 0 }).embed(['a'], never)).rejects.toMatchObject({
    code: 'dependency_unavailable',
    retryable: true,
  });
});

describe('is no answer', () => {
  const bad: [string, (asked: Asked, response: ServerResponse) => void][] = [
    ['a refusal', (_, response) => json(response, { error: 'secret words' }, 400)],
    ['a key that is refused', (_, response) => json(response, {}, 401)],
    ['fewer vectors', (_, response) => json(response, { embeddings: [[1, 0, 0]] })],
    ['more vectors', (_, response) => json(response, { embeddings: [1, 2, 3].map(() => [1, 0, 0]) })],
    ['shorter vectors', (_, response) => json(response, { embeddings: [[1], [1]] })],
    ['no direction', ({ body }, response) => json(response, { embeddings: body.input.map(() => [0, 0, 0]) })],
    ['no numbers', (_, response) => json(response, { embeddings: [['1', null, {}]] })],
    ['numbers beyond measure', (_, r) => r.end('{"embeddings":[[1e999,0,0],[1e999,0,0]]}')],
    ['something else', (_, response) => json(response, { ok: true })],
    ['no JSON', (_, response) => response.end('<html>')],
    ['too much', (_, response) => response.end(`{"embeddings":[[${'0,'.repeat(100_000)}0]]}`)],
  ];
  test.each(bad)('%s', async (_, badly) => {
    answer = badly;
    const failed = ollama().embed(['secret words', 'other'], never);
    await expect(failed).rejects.toMatchObject({ code: 'embedding_failed', retryable: false });
    await expect(failed).rejects.toThrow(/^(?!.*secret)/);
    expect(asked).toHaveLength(1);
  });
});

test('who gives up waits no longer', async () => {
  const stop = new AbortController();
  answer = () => stop.abort();
  await expect(ollama().embed(['a'], stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
});

test('a long text is cut, between letters', async () => {
  answer = asOllama;
  await ollama().embed([`${'x'.repeat(7_999)}😀`], never);
  expect(asked[0]?.body.input[0]).toHaveLength(8_000);
  expect(asked[0]?.body.input[0]?.isWellFormed()).toBe(true);
});

test('no texts are nothing to ask', async () => {
  expect(await ollama().embed([], never)).toEqual([]);
  expect(asked).toEqual([]);
});

describe('settings', () => {
  const settings = {
    CERTUS_EMBEDDINGS: 'ollama',
    CERTUS_EMBEDDINGS_URL: 'http://127.0.0.1:1',
    CERTUS_EMBEDDINGS_MODEL: 'all-minilm',
    CERTUS_EMBEDDINGS_DIMENSION: 384,
    CERTUS_EMBEDDINGS_KEY_FILE: undefined,
    CERTUS_EMBEDDINGS_RUNTIME: undefined,
  } as const;
  test('say who embeds, and whether anybody does', async () => {
    expect(await openEmbedder({ ...settings, CERTUS_EMBEDDINGS: 'off' })).toBeUndefined();
    expect(await openEmbedder(settings)).toMatchObject({ model: 'all-minilm', dimension: 384 });
    expect(await openEmbedder({ ...settings, CERTUS_EMBEDDINGS: 'openai' })).toBeDefined();
  });
  test('that are missing are named', async () => {
    const without = {
      ...settings,
      CERTUS_EMBEDDINGS_URL: undefined,
      CERTUS_EMBEDDINGS_MODEL: undefined,
    };
    await expect(openEmbedder(without)).rejects.toMatchObject({
      faults: [expect.any(String), expect.any(String)],
    });
    await expect(openEmbedder({ ...without, CERTUS_EMBEDDINGS: 'onnx' })).rejects.toMatchObject({
      faults: [
        expect.stringMatching(/^CERTUS_EMBEDDINGS_MODEL: /),
        expect.stringMatching(/^CERTUS_EMBEDDINGS_RUNTIME: .*npm install .*onnxruntime-web@\d/),
      ],
    });
  });
});
