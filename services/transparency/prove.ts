import { CertusError } from '../../contracts/errors.ts';
import type { Inclusion } from '../../contracts/transparency.ts';
import type { StoredTile } from '../../domain/transparency/grow-tree.ts';
import { climb, inclusionTree, plansBeside } from '../../domain/transparency/inclusion-tree.ts';
import { Tile, type TileName, tileOf } from '../../domain/transparency/tiles.ts';
import {
  consistencyPlan,
  foldRight,
  type HashPlan,
  type TreeNode,
} from '../../domain/transparency/tree-nodes.ts';
import { consistencyHolds } from '../../domain/transparency/verify-proof.ts';
import type { Query } from '../database/plain-sql.ts';
import { damaged, readTiles } from './log-rows.ts';
import type { Checkpoint } from './transparency-log.ts';

export type Place = { readonly index: number; readonly entryId: string };

/**
 * Proves places under one checkpoint, with the tiles at hand and others only when these are not enough. Proofs that would
 * not hold mean that a tile or an entry is wrong: none of them is given out.
 */
export async function proveInclusion(
  query: Query,
  places: readonly Place[],
  { size, rootHash, note }: Checkpoint,
  atHand: readonly StoredTile[],
): Promise<Inclusion[]> {
  const sorted = places.toSorted((a, b) => a.index - b.index);
  const indexes = sorted.map(({ index }) => index);
  if (indexes.some((index) => index >= size))
    throw new CertusError('entry_not_found', `the entry is not in the tree of size ${size}`);
  if (new Set(indexes).size !== indexes.length) throw damaged('two entries are at the same place');
  const tree = inclusionTree(indexes, size);
  const hashOf = await hashesFor(query, plansBeside(tree), atHand);
  const leaves = sorted.map(({ entryId }) => Buffer.from(entryId, 'hex'));
  const { root, paths } = climb(tree, leaves, hashOf);
  if (Buffer.from(root).toString('hex') !== rootHash)
    throw damaged(`entry ${indexes.at(0)} or another does not lead to the root of size ${size}`);
  return sorted.map(({ entryId, index }, nth) => ({
    entryId,
    index,
    treeSize: size,
    leafHash: entryId,
    rootHash,
    hashes: paths[nth] ?? [],
    checkpoint: note,
  }));
}

export async function proveConsistency(
  query: Query,
  older: Checkpoint,
  newer: Checkpoint,
): Promise<string[]> {
  const plans = consistencyPlan(older.size, newer.size);
  const hashes = plans.map(await hashesFor(query, plans, []));
  const [fromRoot, toRoot] = [Buffer.from(older.rootHash, 'hex'), Buffer.from(newer.rootHash, 'hex')];
  if (!consistencyHolds({ from: older.size, to: newer.size, fromRoot, toRoot, hashes }))
    throw damaged(`the tree of size ${newer.size} does not begin with that of size ${older.size}`);
  return hashes.map((hash) => Buffer.from(hash).toString('hex'));
}

/** Reads all tiles that are not at hand at once. */
async function hashesFor(
  query: Query,
  plans: readonly HashPlan[],
  atHand: readonly StoredTile[],
): Promise<(plan: HashPlan) => Uint8Array> {
  const tiles = new Map(atHand.map((stored) => [key(stored), new Tile(stored, stored.hashes)]));
  const missing = new Map<string, TileName>();
  for (const node of plans.flat()) {
    const name = tileOf(node);
    if (!tiles.has(key(name))) missing.set(key(name), name);
  }
  for (const stored of await readTiles(query, [...missing.values()]))
    tiles.set(key(stored), new Tile(stored, stored.hashes));
  const hashOf = (wanted: TreeNode): Uint8Array => {
    const hash = tiles.get(key(tileOf(wanted)))?.node(wanted);
    if (hash === undefined) throw damaged(`a hash of level ${wanted.height} is missing`);
    return hash;
  };
  return (plan) => foldRight(plan.map(hashOf));
}

const key = ({ level, index }: TileName): string => `${level}/${index}`;
