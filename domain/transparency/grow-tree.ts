import { EMPTY_ROOT, HASH_BYTES } from './merkle-hash.ts';
import { openTiles, TILE_WIDTH, Tile, type TileName, tileOf, tileRoot } from './tiles.ts';
import { foldRight, rootPlan } from './tree-nodes.ts';

export type StoredTile = TileName & { readonly hashes: Uint8Array };

/** What a tree grows from: its size and the tiles of its right edge. */
export type TreeEdge = { readonly size: number; readonly open: readonly StoredTile[] };

/** The root of a tree as its right edge has it; `undefined` when the tiles do not fit that size. */
export function edgeRoot({ size, open }: TreeEdge): Buffer | undefined {
  if (size === 0) return open.length === 0 ? EMPTY_ROOT : undefined;
  const names = openTiles(size);
  const tiles = names.map(({ level, index }) => {
    const width = Math.floor(size / TILE_WIDTH ** level) % TILE_WIDTH;
    const found = open.find((tile) => tile.level === level && tile.index === index);
    return found?.hashes.length === width * HASH_BYTES ? new Tile(found, found.hashes) : undefined;
  });
  const hashes = rootPlan(size).map((node) => {
    const { level } = tileOf(node);
    return tiles[names.findIndex((name) => name.level === level)]?.node(node);
  });
  const known = hashes.filter((hash) => hash !== undefined);
  return known.length === hashes.length ? Buffer.from(foldRight(known)) : undefined;
}

export type Growth = {
  /** Every tile that is new or wider than before. */
  readonly changed: readonly StoredTile[];
  readonly edge: TreeEdge;
};

/** Adds leaves. What it costs depends on how many there are, and not on how many there were. */
export function growTree({ size, open }: TreeEdge, leaves: readonly Uint8Array[]): Growth {
  const changed: StoredTile[] = [];
  const edge: StoredTile[] = [];
  let added: readonly Uint8Array[] = leaves;
  for (let level = 0; added.length > 0 || open.some((tile) => tile.level >= level); level += 1) {
    const before = open.find((tile) => tile.level === level);
    if (added.length === 0) {
      if (before !== undefined) edge.push(before);
      continue;
    }
    const index = before?.index ?? Math.floor(Math.floor(size / TILE_WIDTH ** level) / TILE_WIDTH);
    const tiles = cut(level, index, Buffer.concat([before?.hashes ?? new Uint8Array(), ...added]));
    changed.push(...tiles);
    edge.push(...tiles.filter((tile) => !isFull(tile)));
    added = tiles.filter(isFull).map(({ hashes }) => tileRoot(hashes));
  }
  return { changed, edge: { size: size + leaves.length, open: edge } };
}

function cut(level: number, first: number, hashes: Uint8Array): StoredTile[] {
  const count = Math.ceil(hashes.length / TILE_BYTES);
  return Array.from({ length: count }, (_, nth) => ({
    level,
    index: first + nth,
    hashes: hashes.subarray(nth * TILE_BYTES, (nth + 1) * TILE_BYTES),
  }));
}

const TILE_BYTES = TILE_WIDTH * HASH_BYTES;
const isFull = ({ hashes }: StoredTile): boolean => hashes.length === TILE_BYTES;
