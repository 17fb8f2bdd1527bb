import { EMPTY_ROOT, HASH_BYTES, nodeHash } from './merkle-hash.ts';
import { largestPowerUpTo } from './tree-nodes.ts';

export type InclusionClaim = {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Uint8Array;
  readonly hashes: readonly Uint8Array[];
  readonly root: Uint8Array;
};

/** Whether a leaf is at that place in the tree with that root (RFC 9162, 2.1.3.2). */
export function inclusionHolds({ index, size, leafHash, hashes, root }: InclusionClaim): boolean {
  if (!isSize(size) || !isSize(index) || index >= size || !areHashes([leafHash, root, ...hashes]))
    return false;
  let [at, last] = [index, size - 1];
  let hash = leafHash;
  for (const sibling of hashes) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sibling, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else hash = nodeHash(hash, sibling);
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && same(hash, root);
}

export type ConsistencyClaim = {
  readonly from: number;
  readonly to: number;
  readonly fromRoot: Uint8Array;
  readonly toRoot: Uint8Array;
  readonly hashes: readonly Uint8Array[];
};

/** Whether the larger tree has everything that the smaller one had, in the same places (RFC 9162, 2.1.4.2). */
export function consistencyHolds({ from, to, fromRoot, toRoot, hashes }: ConsistencyClaim): boolean {
  if (!isSize(from) || !isSize(to) || from > to || !areHashes([fromRoot, toRoot, ...hashes])) return false;
  if (from === to) return hashes.length === 0 && same(fromRoot, toRoot);
  // Every tree begins with the empty one, of which there is nothing to prove but that it was empty.
  if (from === 0) return hashes.length === 0 && same(fromRoot, EMPTY_ROOT);
  const path = largestPowerUpTo(from) === from ? [fromRoot, ...hashes] : hashes;
  let [at, last] = [from - 1, to - 1];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  const [first, ...rest] = path;
  if (first === undefined) return false;
  let [older, newer] = [first, first];
  for (const hash of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      older = nodeHash(hash, older);
      newer = nodeHash(hash, newer);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else newer = nodeHash(newer, hash);
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && same(older, fromRoot) && same(newer, toRoot);
}

/** Not `>> 1`: a shift cuts numbers to 32 bits. */
const half = (value: number): number => Math.floor(value / 2);
const isSize = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const areHashes = (hashes: readonly Uint8Array[]): boolean =>
  hashes.every(({ length }) => length === HASH_BYTES);
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
