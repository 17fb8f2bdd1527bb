import { CertusError } from '../../contracts/errors.ts';
import type { Inclusion } from '../../contracts/transparency.ts';
import { Tile, type TileName, tileOf } from '../../domain/transparency/tiles.ts';
import {
  consistencyPlan,
  foldRight,
  type HashPlan,
  inclusionPlan,
  type TreeNode,
} from '../../domain/transparency/tree-nodes.ts';
import { consistencyHolds, inclusionHolds } from '../../domain/transparency/verify-proof.ts';
import { damaged, type Rows, readTiles } from './log-rows.ts';
import type { Checkpoint } from './transparency-log.ts';

export type Place = { readonly index: number; readonly entryId: string };

/** Proves places under one checkpoint. A proof that would not hold means that the tiles are wrong: it is not given out. */
export async function proveInclusion(
  rows: Rows,
  places: readonly Place[],
  { size, rootHash, note }: Checkpoint,
): Promise<Inclusion[]> {
  if (places.some(({ index }) => index >= size))
    throw new CertusError('entry_not_found', `the entry is not in the tree of size ${size}`);
  const plans = places.map(({ index }) => inclusionPlan(index, size));
  const hashOf = await hashesFor(rows, plans.flat());
  const root = Buffer.from(rootHash, 'hex');
  return places.map(({ index, entryId }, nth) => {
    const hashes = (plans[nth] ?? []).map(hashOf);
    if (!inclusionHolds({ index, size, leafHash: Buffer.from(entryId, 'hex'), hashes, root }))
      throw damaged(`entry ${index} does not lead to the root of size ${size}`);
    return {
      entryId,
      index,
      treeSize: size,
      leafHash: entryId,
      rootHash,
      hashes: hashes.map((hash) => Buffer.from(hash).toString('hex')),
      checkpoint: note,
    };
  });
}

export async function proveConsistency(rows: Rows, older: Checkpoint, newer: Checkpoint): Promise<string[]> {
  const plans = consistencyPlan(older.size, newer.size);
  const hashes = plans.map(await hashesFor(rows, plans));
  const [fromRoot, toRoot] = [Buffer.from(older.rootHash, 'hex'), Buffer.from(newer.rootHash, 'hex')];
  if (!consistencyHolds({ from: older.size, to: newer.size, fromRoot, toRoot, hashes }))
    throw damaged(`the tree of size ${newer.size} does not begin with that of size ${older.size}`);
  return hashes.map((hash) => Buffer.from(hash).toString('hex'));
}

/** Reads all tiles that the plans need at once: a proof is one question to the database, however high the tree. */
async function hashesFor(rows: Rows, plans: readonly HashPlan[]): Promise<(plan: HashPlan) => Uint8Array> {
  const names = new Map<string, TileName>();
  for (const node of plans.flat()) {
    const name = tileOf(node);
    names.set(key(name), name);
  }
  const tiles = new Map<string, Tile>();
  for (const stored of await readTiles(rows, [...names.values()]))
    tiles.set(key(stored), new Tile(stored, stored.hashes));
  const node = (wanted: TreeNode): Uint8Array => {
    const hash = tiles.get(key(tileOf(wanted)))?.node(wanted);
    if (hash === undefined) throw damaged(`a hash of level ${wanted.height} is missing`);
    return hash;
  };
  // neighbours need the same hashes to their right: put together once for all of a batch
  const folded = new Map<string, Uint8Array>();
  return (plan) => {
    const [first] = plan;
    if (plan.length === 1 && first !== undefined) return node(first);
    const name = plan.map(({ height, index }) => `${height}/${index}`).join();
    const hash = folded.get(name) ?? foldRight(plan.map(node));
    folded.set(name, hash);
    return hash;
  };
}

const key = ({ level, index }: TileName): string => `${level}/${index}`;
