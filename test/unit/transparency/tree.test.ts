import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  edgeRoot,
  growTree,
  type StoredTile,
  type TreeEdge,
} from '../../../domain/transparency/grow-tree.ts';
import { climb, inclusionTree, plansBeside } from '../../../domain/transparency/inclusion-tree.ts';
import { EMPTY_ROOT, leafHash } from '../../../domain/transparency/merkle-hash.ts';
import { Tile, tileOf, widthOf } from '../../../domain/transparency/tiles.ts';
import {
  consistencyPlan,
  foldRight,
  type HashPlan,
  rootPlan,
} from '../../../domain/transparency/tree-nodes.ts';
import { consistencyHolds, inclusionHolds } from '../../../domain/transparency/verify-proof.ts';
import { naivePath, naiveProof, naiveRoot } from './naive-tree.ts';

const leafData = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, at) => Buffer.from(`entry ${at}`));

/** A tree grown in batches of these sizes, and every tile that it left behind. */
function grown(batches: readonly number[]) {
  const size = batches.reduce((sum, count) => sum + count, 0);
  const data = leafData(size);
  const tiles = new Map<string, StoredTile>();
  let edge: TreeEdge = { size: 0, open: [] };
  for (const count of batches) {
    const growth = growTree(edge, data.slice(edge.size, edge.size + count).map(leafHash));
    for (const tile of growth.changed) tiles.set(`${tile.level}/${tile.index}`, tile);
    edge = growth.edge;
  }
  const hashOf = (plan: HashPlan) =>
    foldRight(
      plan.map((node) => {
        const { level, index } = tileOf(node);
        const stored = tiles.get(`${level}/${index}`);
        const hash = stored && new Tile(stored, stored.hashes).node(node);
        if (hash === undefined) throw new Error(`no tile has ${node.height}/${node.index}`);
        return hash;
      }),
    );
  const climbed = (indexes: readonly number[], size: number) => {
    const leaves = indexes.map((index) => leafHash(data[index]!));
    return climb(inclusionTree(indexes, size), leaves, hashOf);
  };
  const pathOf = (index: number, size: number) =>
    climbed([index], size).paths[0]!.map((hash) => Buffer.from(hash, 'hex'));
  return { data, edge, tiles, hashOf, climbed, pathOf };
}

test('every proof of every size up to 300 is the one of the RFC, and holds', () => {
  const { data, hashOf, pathOf } = grown([300]);
  for (let size = 1; size <= 300; size += 1) {
    const leaves = data.slice(0, size);
    const root = naiveRoot(leaves);
    expect(hashOf(rootPlan(size))).toEqual(root);
    // all places of small trees; of larger ones the edges and a walk through the middle
    for (let index = 0; index < size; index += size < 40 || index > size - 3 ? 1 : 61) {
      const hashes = pathOf(index, size);
      expect(hashes).toEqual(naivePath(index, leaves));
      expect(inclusionHolds({ index, size, leafHash: leafHash(data[index]!), hashes, root })).toBe(true);
    }
  }
});

test('many leaves together have the paths that each has alone, and one wrong leaf has another root', () => {
  const { data, hashOf, climbed } = grown([300]);
  const chosen = fc.uniqueArray(fc.nat(299), { minLength: 1 });
  fc.assert(
    fc.property(chosen, fc.integer({ min: 1, max: 300 }), fc.nat(), (places, atLeast, which) => {
      const indexes = places.toSorted((a, b) => a - b);
      const size = Math.max(atLeast, indexes.at(-1)! + 1);
      const { root, paths } = climbed(indexes, size);
      const leaves = data.slice(0, size);
      expect(root).toEqual(naiveRoot(leaves));
      for (const nth of [0, which % indexes.length, indexes.length - 1]) {
        const path = naivePath(indexes[nth]!, leaves).map((hash) => hash.toString('hex'));
        expect(paths[nth]).toEqual(path);
      }
      const wrong = indexes.map((index, nth) =>
        leafHash(nth === which % indexes.length ? Buffer.of(1) : data[index]!),
      );
      const tree = inclusionTree(indexes, size);
      expect(climb(tree, wrong, hashOf)).not.toMatchObject({ root });
    }),
    { numRuns: 60 },
  );
});

test('every pair of sizes up to 70 is consistent, and some up to 300', () => {
  const { data, hashOf } = grown([300]);
  const sizes = Array.from({ length: 71 }, (_, at) => at).concat([127, 128, 129, 255, 256, 257, 299, 300]);
  for (const to of sizes)
    for (const from of sizes.filter((size) => size <= to)) {
      const hashes = consistencyPlan(from, to).map(hashOf);
      expect(hashes).toEqual(naiveProof(from, data.slice(0, to)));
      const [fromRoot, toRoot] = [naiveRoot(data.slice(0, from)), naiveRoot(data.slice(0, to))];
      expect(consistencyHolds({ from, to, fromRoot, toRoot, hashes })).toBe(true);
    }
});

test('a tree is the same whatever batches it came in', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 }), (batches) => {
      const many = grown(batches);
      const once = grown([many.edge.size]);
      expect(many.edge).toEqual(once.edge);
      expect(many.tiles).toEqual(once.tiles);
      expect(edgeRoot(many.edge)).toEqual(naiveRoot(many.data));
      for (const [, { hashes, ...name }] of many.tiles)
        expect(hashes.length).toBe(32 * widthOf(name, many.edge.size));
    }),
    { numRuns: 25 },
  );
});

test('three levels of tiles: a tree over 65,536 leaves goes on where it was', () => {
  const { data, edge, pathOf } = grown([65_530, 5, 1, 300]);
  expect(edge.open.map(({ level }) => level)).toEqual([0, 1, 2]);
  const root = naiveRoot(data);
  expect(edgeRoot(edge)).toEqual(root);
  for (const index of [0, 65_535, 65_536, 65_835]) {
    const hashes = pathOf(index, data.length);
    expect(inclusionHolds({ index, size: data.length, leafHash: leafHash(data[index]!), hashes, root })).toBe(
      true,
    );
  }
});

test('an edge with a tile too narrow, too wide or missing has no root, and the empty tree has its own', () => {
  const { edge } = grown([300]);
  const [first, second] = edge.open;
  const cut = { ...first!, hashes: first!.hashes.subarray(32) };
  expect(edgeRoot({ ...edge, open: [cut, second!] })).toBeUndefined();
  expect(edgeRoot({ ...edge, open: [second!] })).toBeUndefined();
  expect(edgeRoot({ size: edge.size + 1, open: edge.open })).toBeUndefined();
  expect(edgeRoot({ size: 0, open: [] })).toEqual(EMPTY_ROOT);
});

test('any flipped bit of a proof of inclusion, and any other place or size, fails', () => {
  const { data, pathOf } = grown([300]);
  const root = naiveRoot(data);
  const claimOf = (index: number) => ({
    index,
    size: 300,
    leafHash: leafHash(data[index]!),
    hashes: pathOf(index, 300),
    root,
  });
  fc.assert(
    fc.property(fc.nat(299), fc.nat(), fc.nat(255), (index, which, bit) => {
      const claim = claimOf(index);
      const parts = [claim.leafHash, claim.root, ...claim.hashes];
      const target = which % parts.length;
      const [leaf, top, ...hashes] = parts.map((part, at) => (at === target ? flipped(part, bit) : part));
      expect(inclusionHolds({ ...claim, leafHash: leaf!, root: top!, hashes })).toBe(false);
    }),
  );
  fc.assert(
    fc.property(fc.nat(299), fc.nat(299), fc.integer({ min: 1, max: 700 }), (index, other, size) => {
      const claim = claimOf(index);
      if (other !== index) expect(inclusionHolds({ ...claim, index: other })).toBe(false);
      expect(inclusionHolds({ ...claim, hashes: claim.hashes.slice(1) })).toBe(false);
      expect(inclusionHolds({ ...claim, hashes: [...claim.hashes, root] })).toBe(false);
      if (plansBeside(inclusionTree([index], Math.max(size, index + 1))).length !== claim.hashes.length)
        expect(inclusionHolds({ ...claim, size })).toBe(false);
    }),
  );
  expect(inclusionHolds({ ...claimOf(3), index: -1 })).toBe(false);
  expect(inclusionHolds({ ...claimOf(3), index: 3.5 })).toBe(false);
  expect(inclusionHolds({ ...claimOf(3), size: Number.NaN })).toBe(false);
});

test('any flipped bit of a proof of consistency fails, and a tree that was rewritten is not consistent', () => {
  const { data, hashOf } = grown([300]);
  const claimOf = (from: number, to: number) => ({
    from,
    to,
    fromRoot: naiveRoot(data.slice(0, from)),
    toRoot: naiveRoot(data.slice(0, to)),
    hashes: consistencyPlan(from, to).map(hashOf),
  });
  const sizes = fc.tuple(fc.integer({ min: 1, max: 299 }), fc.integer({ min: 1, max: 300 }));
  fc.assert(
    fc.property(sizes, fc.nat(), fc.nat(255), ([a, b], which, bit) => {
      const claim = claimOf(Math.min(a, b), Math.max(a, b));
      const parts = [claim.fromRoot, claim.toRoot, ...claim.hashes];
      const target = which % parts.length;
      const [fromRoot, toRoot, ...hashes] = parts.map((part, at) =>
        at === target ? flipped(part, bit) : part,
      );
      expect(consistencyHolds({ ...claim, fromRoot: fromRoot!, toRoot: toRoot!, hashes })).toBe(false);
    }),
  );
  const claim = claimOf(100, 300);
  const rewritten = naiveRoot(data.map((leaf, at) => (at === 7 ? Buffer.from('another') : leaf)));
  expect(consistencyHolds({ ...claim, toRoot: rewritten })).toBe(false);
  expect(consistencyHolds({ ...claim, from: 300, to: 100 })).toBe(false);
  expect(consistencyHolds({ ...claim, from: 0, fromRoot: claim.fromRoot, hashes: [] })).toBe(false);
  expect(consistencyHolds({ ...claimOf(300, 300), hashes: [claim.toRoot] })).toBe(false);
});

test('an inner node cannot be passed off as an entry', () => {
  const data = leafData(2);
  const inner = Buffer.concat(data.map(leafHash));
  expect(leafHash(inner)).not.toEqual(naiveRoot(data));
});

function flipped(bytes: Uint8Array, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}
