import { afterAll, expect, test } from '@jest/globals';
import { Reading } from '../../../contracts/ingestion.ts';
import { DEFAULT_PRIVACY_POLICY } from '../../../domain/sanitize/default-privacy-policy.ts';
import type { ItemReader } from '../../../services/ingest/item-reader.ts';
import { openItemReader } from '../../../services/ingest/open-item-reader.ts';

const reader = openItemReader({ threads: 1, maxBytes: 64 * 1024 * 1024 });
afterAll(() => reader.close());

type Take = Parameters<ItemReader['read']>[2];

const read = (text: string, take: Take, signal = new AbortController().signal) =>
  reader.read(
    { name: 'notes.csv', bytes: Buffer.from(text) },
    { reading: Reading.parse({}), policy: DEFAULT_PRIVACY_POLICY },
    take,
    signal,
  );

/** Of many batches of drafts. */
const long = `a,b,c\n${Array.from({ length: 60_000 }, (_, row) => `row ${row},the heron stands,in the river\n`).join('')}`;

test('the thread reads the next item while the drafts of one are dealt with', async () => {
  const { promise: second, resolve: secondIsRead } = Promise.withResolvers<void>();
  const first = read('the heron stands in the river', () => second);
  const other = await read('the otter swims in the river', async () => secondIsRead());
  expect(other.drafts).toBe(1);
  expect((await first).drafts).toBe(1);
});

test('an item has ended once all of its drafts are dealt with, and few of them wait at a time', async () => {
  let [taken, underWay, most] = [0, 0, 0];
  const { drafts } = await read(long, async (some) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise((resolve) => setImmediate(resolve));
    underWay -= 1;
    taken += some.length;
  });
  expect(taken).toBe(drafts);
  expect(drafts).toBeGreaterThan(500);
  expect(most).toBeLessThanOrEqual(4);
});

test.each([
  ['of many drafts', long],
  ['of one', 'the heron stands in the river'],
])('what cannot be dealt with ends an item %s, with that error', async (_, text) => {
  let asked = 0;
  const away = read(text, async () => {
    asked += 1;
    throw new Error('the index is away');
  });
  await expect(away).rejects.toThrow('the index is away');
  expect(asked).toBeLessThanOrEqual(4);
  expect((await read('and the next is read', async () => undefined)).drafts).toBe(1);
});

test('an item that is given up ends only when nobody deals with any of it any more', async () => {
  const stop = new AbortController();
  let ended = false;
  const stopped = read(
    long,
    async () => {
      stop.abort();
      await new Promise((resolve) => setImmediate(resolve));
      ended = true;
    },
    stop.signal,
  );
  await expect(stopped).rejects.toThrow();
  expect(ended).toBe(true);
});

test.each([
  ['a large one is given away, and not held twice', 'the heron stands in the river\n'.repeat(300_000), 0],
  ['a small one stays as it was, with whatever lies beside it', 'the heron stands in the river', 29],
])('%s', async (_, text, left) => {
  const bytes = Buffer.from(text);
  const item = { name: 'notes.txt', bytes };
  const order = { reading: Reading.parse({}), policy: DEFAULT_PRIVACY_POLICY };
  const { drafts } = await reader.read(item, order, async () => undefined, new AbortController().signal);
  expect(drafts).toBeGreaterThan(0);
  expect(bytes.length).toBe(left);
});
