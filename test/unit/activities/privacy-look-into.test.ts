import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { isTampered, lookInto } from '../../../activities/privacy/look-into.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { DEFAULT_PRIVACY_POLICY } from '../../../domain/sanitize/default-privacy-policy.ts';
import type { ReadableBucket } from '../../../services/objects/store.ts';
import type { Inspector } from '../../../services/privacy/inspector.ts';

const LARGE = 9 * 1024 * 1024;
const theirs = Buffer.alloc(LARGE, 'a');
const another = Buffer.alloc(LARGE, 'b');

/** Hands out these, one at each opening, whatever it says that it holds. */
function bucket(...openings: readonly Buffer[]): ReadableBucket {
  const left = [...openings];
  const info = { sha256: sha256(theirs), size: LARGE };
  const open = async () => ({ info, body: Readable.from([left.shift() ?? theirs], { objectMode: false }) });
  return { open, openRange: open, head: async () => info } as unknown as ReadableBucket;
}

/** Reads all of it, and says how it begins. */
const inspector: Inspector = {
  rules: 'test/1',
  close: async () => undefined,
  inspect: async ({ body }) => {
    const bytes = typeof body === 'function' ? Buffer.concat(await (await body()).toArray()) : body;
    const masked = { bytes: bytes.subarray(0, 1), mediaType: 'text/plain', suffix: '' };
    const inspection = { kinds: [], places: [], opaque: [], format: 'text', media_type: 'text/plain' };
    return { inspection: { ...inspection, action: 'quarantine' }, masked };
  },
};

const file = (from: ReadableBucket) => ({
  ...{ bucket: from, key: 'k', name: 'a.txt' },
  ...{ sha256: sha256(theirs), size: LARGE },
});
const request = { policy: DEFAULT_PRIVACY_POLICY, as: 'documents', mask: 'all', preview: true } as const;

test('what a person decides by is the file, and not one that was shown in its place', async () => {
  const { inspection } = await lookInto(inspector, file(bucket(another, theirs)), request);
  expect(isTampered(inspection)).toBe(true);
});

test('nor is it one that is another by then', async () => {
  const { inspection } = await lookInto(inspector, file(bucket(theirs, another)), request);
  expect(isTampered(inspection)).toBe(true);
});

test('of a large one that was replaced not even kinds are told', async () => {
  const replaced = { ...bucket(another), head: async () => ({ sha256: sha256(another), size: LARGE }) };
  const { policy, as } = request;
  const from = replaced as unknown as ReadableBucket;
  expect(isTampered((await lookInto(inspector, file(from), { policy, as })).inspection)).toBe(true);
});

test('a file that stays what it is is looked into', async () => {
  const { inspection, masked } = await lookInto(inspector, file(bucket(theirs, theirs)), request);
  expect(isTampered(inspection)).toBe(false);
  expect(Buffer.from(masked?.bytes ?? []).toString()).toBe('a');
});

test('one that is gone is told like one that is another', async () => {
  const gone = { ...file(bucket()), size: 3 };
  const { inspection } = await lookInto(
    inspector,
    { ...gone, bucket: { ...gone.bucket, read: async () => Buffer.from('abcd') } },
    request,
  );
  expect(isTampered(inspection)).toBe(true);
});
