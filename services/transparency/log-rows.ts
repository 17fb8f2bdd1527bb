import { CertusError } from '../../contracts/errors.ts';
import type { StoredTile } from '../../domain/transparency/grow-tree.ts';
import { HASH_BYTES } from '../../domain/transparency/merkle-hash.ts';
import type { TileName } from '../../domain/transparency/tiles.ts';
import { bytesArray } from '../database/binary-array.ts';
import type { Query } from '../database/plain-sql.ts';
import type { Checkpoint } from './transparency-log.ts';

type CheckpointRow = { size: string; root: Buffer; note: string; at: Date };
type TileRow = { level: number; index: string; hashes: Buffer };

export async function newestCheckpoint(query: Query): Promise<Checkpoint | undefined> {
  const [row] = await query<CheckpointRow>(
    'SELECT size, root, note, at FROM log_checkpoints ORDER BY size DESC LIMIT 1',
  );
  return row && toCheckpoint(row);
}

export async function checkpointAt(query: Query, size: number): Promise<Checkpoint | undefined> {
  const [row] = await query<CheckpointRow>(
    'SELECT size, root, note, at FROM log_checkpoints WHERE size = $1::bigint',
    [size],
  );
  return row && toCheckpoint(row);
}

export async function readTiles(query: Query, names: readonly TileName[]): Promise<StoredTile[]> {
  if (names.length === 0) return [];
  const found = await query<TileRow>(
    `SELECT t.level, t.index, t.hashes FROM unnest($1::int[], $2::bigint[]) AS wanted (level, index)
    JOIN log_tiles t ON t.level = wanted.level AND t.index = wanted.index`,
    [names.map(({ level }) => level), names.map(({ index }) => index)],
  );
  return found.map(toTile);
}

export type Edge = {
  readonly head: Checkpoint | undefined;
  /** How many entries there are, whatever the head says. */
  readonly entries: number;
  /** The last tile of each level. */
  readonly last: readonly StoredTile[];
  /** Places of the entries that are there, by their ids. */
  readonly places: Map<string, number>;
};

/** Everything that an append rests on, in one question. */
export async function readEdge(query: Query, hashes: readonly Uint8Array[]): Promise<Edge> {
  const [row] = await query<EdgeRow>(
    `SELECT h.size, h.root, h.note, h.at, (SELECT max(index) + 1 FROM log_leaves) AS entries,
      found.ids, found.places, tiles.levels, tiles.indexes, tiles.lengths, tiles.hashes
    FROM (VALUES (0)) AS always
    LEFT JOIN (SELECT * FROM log_checkpoints ORDER BY size DESC LIMIT 1) AS h ON true
    CROSS JOIN (SELECT array_agg(encode(entry_id, 'hex')) AS ids, array_agg(index) AS places
      FROM log_leaves WHERE entry_id = ANY($1::bytea[])) AS found
    CROSS JOIN (SELECT array_agg(level) AS levels, array_agg(index) AS indexes,
        array_agg(length(hashes)) AS lengths, string_agg(hashes, '') AS hashes
      FROM generate_series(0, ${HIGHEST_LEVEL}) AS one CROSS JOIN LATERAL
        (SELECT * FROM log_tiles WHERE level = one ORDER BY index DESC LIMIT 1) AS t) AS tiles`,
    [bytesArray(hashes)],
  );
  if (row === undefined) throw damaged('it does not answer');
  return {
    head: row.size === null ? undefined : toCheckpoint(row),
    entries: Number(row.entries ?? 0),
    last: tilesIn(row),
    places: new Map((row.ids ?? []).map((id, nth) => [id, Number(row.places?.[nth])])),
  };
}

/** Of a tree with more entries than a number can count. */
const HIGHEST_LEVEL = 6;

type EdgeRow = (CheckpointRow | { size: null }) & {
  entries: string | null;
  ids: string[] | null;
  places: string[] | null;
  levels: number[] | null;
  indexes: string[] | null;
  lengths: number[] | null;
  /** One behind the other: arrays of bytes are read sign by sign. */
  hashes: Buffer | null;
};

function tilesIn({ levels, indexes, lengths, hashes }: EdgeRow): StoredTile[] {
  let start = 0;
  return (levels ?? []).map((level, nth) => {
    const end = start + (lengths?.[nth] ?? 0);
    const tile = { level, index: Number(indexes?.[nth]), hashes: hashes?.subarray(start, end) ?? NOTHING };
    start = end;
    return tile;
  });
}

const NOTHING = new Uint8Array();

export type Found = {
  readonly index: number;
  readonly head: Checkpoint;
  /** Those on the way from the entry to the root, and on the right edge of that tree. */
  readonly tiles: readonly StoredTile[];
};

/** All that proves an entry, in one question; `undefined` when the log has not the entry, or no head of that size. */
export async function findProof(
  query: Query,
  entryId: string,
  size: number | undefined,
): Promise<Found | undefined> {
  const rows = await query<CheckpointRow & TileRow & { place: string }>(
    `SELECT l.index AS place, c.size, c.root, c.note, c.at, t.level, t.index, t.hashes
    FROM log_leaves l
    CROSS JOIN LATERAL (SELECT * FROM log_checkpoints WHERE size <= $2::bigint ORDER BY size DESC LIMIT 1) AS c
    CROSS JOIN generate_series(0, ${HIGHEST_LEVEL}) AS one
    CROSS JOIN LATERAL (
      (SELECT * FROM log_tiles WHERE level = one AND index = l.index >> (8 * one + 8) LIMIT 1)
      UNION ALL
      (SELECT * FROM log_tiles WHERE level = one AND index = c.size >> (8 * one + 8)
        AND index <> l.index >> (8 * one + 8) LIMIT 1)) AS t
    WHERE l.entry_id = $1`,
    [Buffer.from(entryId, 'hex'), size ?? Number.MAX_SAFE_INTEGER],
  );
  const [row] = rows;
  if (row === undefined || (size !== undefined && Number(row.size) !== size)) return undefined;
  return { index: Number(row.place), head: toCheckpoint(row), tiles: rows.map(toTile) };
}

/** A wrong log is not repaired, and nothing is built on it. */
export const damaged = (what: string): CertusError =>
  new CertusError('log_damaged', `the transparency log is damaged: ${what}`);

function toCheckpoint({ size, root, note, at }: CheckpointRow): Checkpoint {
  if (root.length !== HASH_BYTES) throw damaged(`the root of size ${size} is no hash`);
  return { size: Number(size), rootHash: root.toString('hex'), note, at };
}

const toTile = ({ level, index, hashes }: TileRow): StoredTile => ({ level, index: Number(index), hashes });
