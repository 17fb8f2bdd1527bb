import { CertusError } from '../../contracts/errors.ts';
import type { StoredTile } from '../../domain/transparency/grow-tree.ts';
import { HASH_BYTES } from '../../domain/transparency/merkle-hash.ts';
import type { TileName } from '../../domain/transparency/tiles.ts';
import type { Prisma } from '../database/generated/client.ts';
import type { Checkpoint } from './transparency-log.ts';

/** A connection, or a transaction on one. */
export type Rows = Pick<Prisma.TransactionClient, '$queryRaw' | '$executeRaw'>;

type CheckpointRow = { size: bigint; root: Uint8Array; note: string; at: Date };

export async function newestCheckpoint(rows: Rows): Promise<Checkpoint | undefined> {
  const [row] = await rows.$queryRaw<CheckpointRow[]>`
    SELECT size, root, note, at FROM log_checkpoints ORDER BY size DESC LIMIT 1`;
  return row && toCheckpoint(row);
}

export async function checkpointAt(rows: Rows, size: number): Promise<Checkpoint | undefined> {
  const [row] = await rows.$queryRaw<CheckpointRow[]>`
    SELECT size, root, note, at FROM log_checkpoints WHERE size = ${size}::bigint`;
  return row && toCheckpoint(row);
}

export async function readTiles(rows: Rows, names: readonly TileName[]): Promise<StoredTile[]> {
  if (names.length === 0) return [];
  const found = await rows.$queryRaw<{ level: number; index: bigint; hashes: Uint8Array }[]>`
    SELECT t.level, t.index, t.hashes FROM log_tiles t
    JOIN unnest(${names.map(({ level }) => level)}::int[], ${names.map(({ index }) => index)}::bigint[]) AS wanted (level, index)
      ON t.level = wanted.level AND t.index = wanted.index`;
  return found.map(({ level, index, hashes }) => ({ level, index: Number(index), hashes }));
}

/** Places of the entries that are there, by their ids. */
export async function placesOf(rows: Rows, ids: readonly string[]): Promise<Map<string, number>> {
  const found = await rows.$queryRaw<{ entry_id: string; index: bigint }[]>`
    SELECT entry_id, index FROM log_leaves WHERE entry_id = ANY(${[...ids]}::text[])`;
  return new Map(found.map((row) => [row.entry_id, Number(row.index)]));
}

/** Where an entry is and the head to prove it under, in one question; `undefined` when the log has not both. */
export async function placeUnder(
  rows: Rows,
  entryId: string,
  size: number | undefined,
): Promise<{ index: number; head: Checkpoint } | undefined> {
  const [row] = await rows.$queryRaw<(CheckpointRow & { place: bigint })[]>`
    SELECT l.index AS place, c.size, c.root, c.note, c.at FROM log_leaves l, LATERAL (
      SELECT * FROM log_checkpoints WHERE size <= ${size ?? Number.MAX_SAFE_INTEGER}::bigint
      ORDER BY size DESC LIMIT 1) c
    WHERE l.entry_id = ${entryId}`;
  if (row === undefined || (size !== undefined && Number(row.size) !== size)) return undefined;
  return { index: Number(row.place), head: toCheckpoint(row) };
}

/** A wrong log is not repaired, and nothing is built on it. */
export const damaged = (what: string): CertusError =>
  new CertusError('log_damaged', `the transparency log is damaged: ${what}`);

function toCheckpoint({ size, root, note, at }: CheckpointRow): Checkpoint {
  if (root.length !== HASH_BYTES) throw damaged(`the root of size ${size} is no hash`);
  return { size: Number(size), rootHash: Buffer.from(root).toString('hex'), note, at };
}
