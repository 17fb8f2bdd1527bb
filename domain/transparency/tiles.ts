import { HASH_BYTES, nodeHash } from './merkle-hash.ts';
import type { TreeNode } from './tree-nodes.ts';

/** How many hashes a tile is wide when it is full, and how many levels of the tree it stands for. */
export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;

export type TileName = { readonly level: number; readonly index: number };

/** Hashes of that level that a tree of that size has: each is the root over a full tile of the level below. */
export const hashesAt = (level: number, size: number): number => Math.floor(size / TILE_WIDTH ** level);

/** How wide a tile is in a tree of that size; 0 when it is not there. */
export const widthOf = ({ level, index }: TileName, size: number): number =>
  Math.max(0, Math.min(TILE_WIDTH, hashesAt(level, size) - index * TILE_WIDTH));

/** The tiles on the right edge that are not full: what a tree that grows continues from. */
export function openTiles(size: number): TileName[] {
  const tiles: TileName[] = [];
  for (let level = 0; hashesAt(level, size) > 0; level += 1) {
    const count = hashesAt(level, size);
    if (count % TILE_WIDTH !== 0) tiles.push({ level, index: Math.floor(count / TILE_WIDTH) });
  }
  return tiles;
}

/** The tile in which a node lies, as one of its hashes or above them. */
export function tileOf({ height, index }: TreeNode): TileName {
  const level = Math.floor(height / TILE_HEIGHT);
  const above = height - level * TILE_HEIGHT;
  return { level, index: Math.floor((index * 2 ** above) / TILE_WIDTH) };
}

/** A tile with the levels between its hashes: what has been hashed once is not hashed again. */
export class Tile {
  /** Numbered from the root of the tile down, its two children being 2 and 3. */
  readonly #inner: Uint8Array[] = [];
  readonly #name: TileName;
  readonly #hashes: Uint8Array;

  constructor(name: TileName, hashes: Uint8Array) {
    this.#name = name;
    this.#hashes = hashes;
  }

  /** `undefined` when the tile is too narrow for it, or another one has it. */
  node(wanted: TreeNode): Uint8Array | undefined {
    const { level, index } = tileOf(wanted);
    if (level !== this.#name.level || index !== this.#name.index) return undefined;
    const above = wanted.height - level * TILE_HEIGHT;
    return this.#at(above, wanted.index - (index * TILE_WIDTH) / 2 ** above);
  }

  /** The root over a full tile: a hash of the tile above it. */
  root(): Uint8Array | undefined {
    return this.#at(TILE_HEIGHT, 0);
  }

  #at(above: number, place: number): Uint8Array | undefined {
    if (above === 0) {
      const hash = this.#hashes.subarray(place * HASH_BYTES, (place + 1) * HASH_BYTES);
      return hash.length === HASH_BYTES ? hash : undefined;
    }
    const number = 2 ** (TILE_HEIGHT - above) + place;
    const known = this.#inner[number];
    if (known !== undefined) return known;
    const [left, right] = [this.#at(above - 1, 2 * place), this.#at(above - 1, 2 * place + 1)];
    if (left === undefined || right === undefined) return undefined;
    const hash = nodeHash(left, right);
    this.#inner[number] = hash;
    return hash;
  }
}

export function tileRoot(hashes: Uint8Array): Uint8Array {
  const root = new Tile({ level: 0, index: 0 }, hashes).root();
  if (root === undefined) throw new Error('only a full tile has a root');
  return root;
}
