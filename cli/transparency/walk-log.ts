import type { TreeHead } from '../../domain/transparency/checkpoint.ts';
import { openEntryBundle } from '../../domain/transparency/entry-bundle.ts';
import { edgeRoot, growTree, type StoredTile, type TreeEdge } from '../../domain/transparency/grow-tree.ts';
import { HASH_BYTES, leafHash } from '../../domain/transparency/merkle-hash.ts';
import { openTiles, TILE_WIDTH, widthOf } from '../../domain/transparency/tiles.ts';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';
import type { LogSource } from './log-source.ts';

/** A part of the tree as it was put together again: tiles above it that are done, and entries where they are shown. */
export type Grown = {
  readonly tiles: readonly StoredTile[];
  readonly entries: {
    readonly index: number;
    readonly width: number;
    readonly bytes: Uint8Array | undefined;
  };
};

/**
 * Puts the tree together again from its leaf hashes, from `edge` up to `head`, tile by tile. Whoever has gone through all of
 * it without an error has the tree that was signed. On the way it must have been the `older` one: the same tiles have to
 * make both, or a log that was forked could show each half beside its own checkpoint.
 */
export async function* walkLog(
  source: LogSource,
  edge: TreeEdge,
  head: TreeHead,
  older?: TreeHead,
): AsyncGenerator<Grown> {
  let grown = edge;
  while (grown.size < head.size) {
    const index = Math.floor(grown.size / TILE_WIDTH);
    const width = widthOf({ level: 0, index }, head.size);
    const hashes = await readHashes(source, 0, index, width);
    const known = grown.size % TILE_WIDTH;
    const before = grown.open.find(({ level }) => level === 0)?.hashes ?? new Uint8Array();
    if (!hashes.subarray(0, known * HASH_BYTES).equals(before)) throw broken(`tile 0/${index} has changed`);
    const leaves = Array.from({ length: width - known }, (_, nth) => hashAt(hashes, known + nth));
    requirePassed(grown, leaves, older);
    const growth = growTree(grown, leaves);
    grown = growth.edge;
    const done = growth.changed.filter((tile) => tile.hashes.length === TILE_WIDTH * HASH_BYTES);
    const last = grown.size === head.size ? grown.open : [];
    const bytes = await readEntries(source, index, width, hashes);
    yield { tiles: [...done, ...last], entries: { index, width, bytes } };
  }
  requireRoot(grown, head);
}

function requirePassed(edge: TreeEdge, leaves: readonly Uint8Array[], older: TreeHead | undefined): void {
  if (older === undefined || older.size <= edge.size || older.size > edge.size + leaves.length) return;
  requireRoot(growTree(edge, leaves.slice(0, older.size - edge.size)).edge, older);
}

function requireRoot(edge: TreeEdge, { size, root }: TreeHead): void {
  if (!edgeRoot(edge)?.equals(root))
    throw broken(`the tree of size ${size} has another root than was signed`);
}

/** Where a tree that was signed goes on; its tiles must be those of its root. */
export async function edgeOf(source: LogSource, { size, root }: TreeHead): Promise<TreeEdge> {
  const open = await Promise.all(
    openTiles(size).map(async ({ level, index }) => {
      const width = widthOf({ level, index }, size);
      return { level, index, hashes: await readHashes(source, level, index, width) };
    }),
  );
  if (!edgeRoot({ size, open })?.equals(root))
    throw broken(`the tiles are not those of the tree of size ${size}`);
  return { size, open };
}

export const EMPTY: TreeEdge = { size: 0, open: [] };

export const broken = (what: string): CommandError =>
  new CommandError('log_proof_invalid', EXIT.badData, `the log does not hold: ${what}`);

/** The tile of that width, or the beginning of the full one that has taken its place. */
export async function readHashes(
  source: LogSource,
  level: number,
  index: number,
  width: number,
): Promise<Buffer> {
  const exact = await source.tile({ level, index, width });
  const found = exact ?? (await source.tile({ level, index, width: TILE_WIDTH }));
  const hashes = Buffer.from(found ?? []).subarray(0, width * HASH_BYTES);
  if (hashes.length !== width * HASH_BYTES || (exact && exact.length !== hashes.length))
    throw broken(`tile ${level}/${index} is missing, or not ${width} hashes wide`);
  return hashes;
}

/** Entries may be withheld; those that are there must be the ones that were hashed. */
async function readEntries(
  source: LogSource,
  index: number,
  width: number,
  hashes: Buffer,
): Promise<Uint8Array | undefined> {
  const bytes = await source.tile({ level: 'entries', index, width });
  if (bytes === undefined) return undefined;
  const leaves = openEntryBundle(bytes);
  if (leaves?.length !== width || !Buffer.concat(leaves.map(leafHash)).equals(hashes))
    throw broken(`the entries of tile ${index} are not those that were hashed`);
  return bytes;
}

const hashAt = (hashes: Buffer, nth: number): Buffer =>
  hashes.subarray(nth * HASH_BYTES, (nth + 1) * HASH_BYTES);
