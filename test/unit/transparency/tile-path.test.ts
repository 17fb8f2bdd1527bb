import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { entryBundle, openEntryBundle } from '../../../domain/transparency/entry-bundle.ts';
import { parseTilePath, tilePath } from '../../../domain/transparency/tile-path.ts';

test('a tile lies where C2SP has it', () => {
  expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067');
  expect(tilePath({ level: 2, index: 0, width: 1 })).toBe('tile/2/000.p/1');
  expect(tilePath({ level: 'entries', index: 1000, width: 255 })).toBe('tile/entries/x001/000.p/255');
});

test('every path leads back to its tile', () => {
  const level = fc.oneof(fc.nat(6), fc.constant('entries' as const));
  fc.assert(
    fc.property(level, fc.nat(2 ** 31 - 1), fc.integer({ min: 1, max: 256 }), (level, index, width) => {
      const file = { level, index, width };
      expect(parseTilePath(tilePath(file).slice('tile/'.length))).toEqual(file);
    }),
  );
});

test.each([
  ['0/../../etc/passwd'],
  ['0/x000/001'],
  ['0/1'],
  ['0/001.p/256'],
  ['0/001.p/0'],
  ['0/001.p/01'],
  ['00/001'],
  ['7/001'],
  ['64/001'],
  ['0/001/'],
  ['0/x001/x002/x003/x004/x005/006'],
  ['entries/x001'],
  ['0/x001/'],
  [''],
])('%j is no path of a tile', (path) => expect(parseTilePath(path)).toBeUndefined());

test('entries come out of a bundle as they went in, and none comes out of a torn one', () => {
  const leaf = fc.uint8Array({ maxLength: 400 });
  fc.assert(
    fc.property(fc.array(leaf, { maxLength: 20 }), (leaves) => {
      const bundle = entryBundle(leaves);
      expect(openEntryBundle(bundle)?.map((one) => [...one])).toEqual(leaves.map((one) => [...one]));
      if (leaves.length > 0) expect(openEntryBundle(bundle.subarray(0, -1))?.length).not.toBe(leaves.length);
      expect(openEntryBundle(Buffer.concat([bundle, Buffer.of(0)]))).toBeUndefined();
    }),
  );
});
