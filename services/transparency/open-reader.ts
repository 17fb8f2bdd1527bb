import { CertusError } from '../../contracts/errors.ts';
import { LogEntry } from '../../contracts/transparency.ts';
import { entryBundle } from '../../domain/transparency/entry-bundle.ts';
import { HASH_BYTES, leafHash } from '../../domain/transparency/merkle-hash.ts';
import { TILE_WIDTH } from '../../domain/transparency/tiles.ts';
import type { Database } from '../database/database.ts';
import { reachable } from '../database/errors.ts';
import { Prisma } from '../database/generated/client.ts';
import { checkpointAt, damaged, findProof, newestCheckpoint, readTiles } from './log-rows.ts';
import { proveConsistency, proveInclusion } from './prove.ts';
import type { Checkpoint, EntryFilter, LoggedEntry, TransparencyReader } from './transparency-log.ts';

export function openTransparencyReader({ client, sql: { query } }: Database): TransparencyReader {
  const signed = async (size: number): Promise<Checkpoint> => {
    const checkpoint = await checkpointAt(query, size);
    if (checkpoint === undefined)
      throw new CertusError('entry_not_found', `no checkpoint of size ${size} was ever signed`);
    return checkpoint;
  };
  return {
    head: () => reachable(newestCheckpoint(query)),
    checkpoint: (size) => reachable(checkpointAt(query, size)),
    entry: async (entryId) => {
      const [row] = await reachable(client.$queryRaw<LeafRow[]>`
        SELECT index, entry_id, entry FROM log_leaves WHERE entry_id = decode(${entryId}, 'hex')`);
      return row && toEntry(row);
    },
    entries: async (tenant, filter) => {
      const rows = await reachable(client.$queryRaw<LeafRow[]>`
        SELECT l.index, l.entry_id, l.entry FROM log_leaves l
        WHERE l.tenant = ${tenant} AND ${Prisma.join([Prisma.sql`TRUE`, ...conditions(filter)], ' AND ')}
        ORDER BY l.index DESC LIMIT ${filter.limit} OFFSET ${filter.offset ?? 0}`);
      return rows.map(toEntry);
    },
    inclusion: (entryId, size) =>
      reachable(
        (async () => {
          const found = await findProof(query, entryId, size);
          if (found === undefined)
            throw new CertusError('entry_not_found', 'the log has no such entry at that size');
          const { index, head, tiles } = found;
          const [proof] = await proveInclusion(query, [{ entryId, index }], head, tiles);
          if (proof === undefined) throw damaged('an entry cannot be proved');
          return proof;
        })(),
      ),
    consistency: (from, to) =>
      reachable((async () => proveConsistency(query, await signed(from), await signed(to)))()),
    tile: async (level, index, width) => {
      const [tile] = await reachable(readTiles(query, [{ level, index }]));
      const bytes = tile?.hashes.subarray(0, width * HASH_BYTES);
      return bytes?.length === width * HASH_BYTES ? bytes : undefined;
    },
    entryTile: async (index, width) => {
      const first = index * TILE_WIDTH;
      const rows = await reachable(client.$queryRaw<LeafRow[]>`
        SELECT index, entry_id, entry FROM log_leaves
        WHERE index >= ${first}::bigint AND index < ${first + width}::bigint ORDER BY index`);
      return rows.length === width ? entryBundle(rows.map(({ entry }) => Buffer.from(entry))) : undefined;
    },
  };
}

function conditions({ testId, assessmentId, workspace, signer, kind, before }: EntryFilter): Prisma.Sql[] {
  return [
    ...(testId === undefined ? [] : [Prisma.sql`l.test_id = ${testId}`]),
    ...(workspace === undefined ? [] : [Prisma.sql`l.workspace = ${workspace}`]),
    ...(signer === undefined ? [] : [Prisma.sql`l.signer = ${signer}`]),
    ...(kind === undefined ? [] : [Prisma.sql`l.kind = ${kind}`]),
    ...(before === undefined ? [] : [Prisma.sql`l.index < ${before}::bigint`]),
    // the log knows runs; to which assessment one belongs, only its record says
    ...(assessmentId === undefined
      ? []
      : [
          Prisma.sql`l.test_id IN (SELECT s.test_id FROM scans s
            WHERE s.tenant = l.tenant AND s.workspace = l.workspace AND s.assessment = ${assessmentId})`,
        ]),
  ];
}

type LeafRow = { index: bigint; entry_id: Uint8Array; entry: string };

/** A row that was changed afterwards is not shown as if the log had it. */
function toEntry({ index, entry_id, entry }: LeafRow): LoggedEntry {
  const hash = leafHash(Buffer.from(entry));
  if (!hash.equals(entry_id)) throw damaged(`entry ${index} is not what was written`);
  return { index: Number(index), entryId: hash.toString('hex'), entry: LogEntry.parse(JSON.parse(entry)) };
}
