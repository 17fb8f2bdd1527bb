import { rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { openSourceBuckets } from '../../../services/connectors/s3/open-source-buckets.ts';
import { openS3Store } from '../../../services/objects/s3-store.ts';
import { httpServer, type Seen } from '../fetch/http-server.ts';
import { temporaryFolder } from '../scan/sources.ts';
import { codeOf, depsIn, listAll, open, signal, textOf } from './sources.ts';

const folder = temporaryFolder('hostile-s3');
const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A server that says what no honest one would. */
async function serve(answer: (seen: Seen, response: ServerResponse) => void) {
  const server = await httpServer(answer);
  const access = { endpoint: server.url, region: 'us-east-1', accessKeyId: 'k', secretAccessKey: 's' };
  const objects = openS3Store(access);
  const opened = await openSourceBuckets({ url: 's3://', access, objects }, { allowed: ['team'], ours: [] });
  closing.push(
    () => server.close(),
    () => objects.close(),
    opened.close,
  );
  const deps = { ...depsIn({ folder }), buckets: opened.buckets };
  return { server, from: () => open({ kind: 's3', bucket: 'team' }, deps) };
}

const listing = (keys: readonly string[], isTruncated: boolean) =>
  `<?xml version="1.0"?><ListBucketResult><Name>team</Name><EncodingType>url</EncodingType><KeyCount>${keys.length}</KeyCount>` +
  `<IsTruncated>${isTruncated}</IsTruncated>${keys
    .map((key) => `<Contents><Key>${encodeURIComponent(key)}</Key><Size>3</Size><ETag>"e"</ETag></Contents>`)
    .join('')}</ListBucketResult>`;
const xml = (response: ServerResponse, body: string) =>
  void response.writeHead(200, { 'content-type': 'application/xml' }).end(body);

test('names that lead out, end lines or are none are told, and the others read', async () => {
  const { from } = await serve((_, response) =>
    xml(
      response,
      listing(['../../etc/passwd', 'a/../b', 'folder/', 'good.txt', 'new\nline', '\u0001', '/x'], false),
    ),
  );
  const { keys, lost } = await listAll(from);
  expect(keys).toEqual(['good.txt']);
  expect(lost).toEqual([
    'invalid_key ../../etc/passwd',
    'invalid_key a/../b',
    'invalid_key folder/',
    'invalid_key new\\u{a}line',
    'invalid_key \\u{1}',
    'invalid_key /x',
  ]);
});

test('a listing without end ends', async () => {
  const { from, server } = await serve((_, response) => xml(response, listing(['a', 'b'], true)));
  expect(await codeOf(listAll(from))).toBe('answer_untrusted');
  expect(server.seen).toHaveLength(2);
});

test('an answer that is no listing is no empty bucket', async () => {
  const { from } = await serve((_, response) => xml(response, '<a><b></a>'));
  expect(await codeOf(listAll(from))).not.toBe('none');
});

test('an object without end is left, and one that breaks off is asked for again', async () => {
  const { from } = await serve(({ path }, response) => {
    if (path.includes('list-type')) return xml(response, listing(['endless', 'short'], false));
    if (path.startsWith('/team/short')) {
      response.writeHead(200, { 'content-length': '100' }).write('abc');
      setImmediate(() => response.destroy());
      return;
    }
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
      if (!response.destroyed) response.once('drain', more);
    };
    response.writeHead(200);
    more();
  });
  const { items } = await listAll(from);
  const [endless, short] = items;
  const asked = { known: undefined, maxBytes: 100_000, signal };
  expect(await codeOf(from().fetch(endless as never, asked))).toBe('item_too_large');
  expect(await codeOf(textOf(from(), short))).toBe('dependency_unavailable');
});
