import { CertusError } from '../../contracts/errors.ts';
import type { KeySet } from '../../contracts/keys.ts';
import type { LogEntry } from '../../contracts/transparency.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { checkpointText, openCheckpoint, type TreeHead } from '../../domain/transparency/checkpoint.ts';
import { edgeRoot, growTree, type StoredTile, type TreeEdge } from '../../domain/transparency/grow-tree.ts';
import { noteKey, signedNote } from '../../domain/transparency/signed-note.ts';
import { openTiles, TILE_WIDTH } from '../../domain/transparency/tiles.ts';
import { bytesArray, textArray } from '../database/binary-array.ts';
import type { Database } from '../database/database.ts';
import { reachable } from '../database/errors.ts';
import type { Query } from '../database/plain-sql.ts';
import { storable } from '../database/storable.ts';
import { damaged, type Edge, readEdge } from './log-rows.ts';
import type { LogSigner } from './log-signer.ts';
import { proveConsistency } from './prove.ts';
import type { Checkpoint } from './transparency-log.ts';

/** What signs the log, and the keys under which the head that it continues from may be signed. */
export type LogKeys = { readonly signer: LogSigner; readonly heads: KeySet };
/** `hash` is that of `data` as a leaf, and `id` the same in hex. */
export type Leaf = {
  readonly id: string;
  readonly hash: Buffer;
  readonly data: Buffer;
  readonly entry: LogEntry;
};
export type Appended = {
  readonly head: Checkpoint;
  readonly places: ReadonlyMap<string, number>;
  /** As this batch left them: enough to prove what it added. */
  readonly tiles: readonly StoredTile[];
};

/**
 * Adds what is not there yet, in one transaction that holds the log's lock: entries, tiles and the checkpoint become
 * visible together or not at all, and two processes never continue from the same head.
 */
export async function appendBatch(
  database: Database,
  { signer, heads }: LogKeys,
  leaves: readonly Leaf[],
  seen: Checkpoint | undefined,
): Promise<Appended> {
  return reachable(
    database.sql.transaction(TAKE_LOCK, async (query) => {
      // a question of its own: what was committed while we waited for the lock must be seen
      const read = await readEdge(
        query,
        leaves.map(({ hash }) => hash),
      );
      const { head, places } = read;
      const edge = checkedEdge(read, heads);
      await requireContinuation(query, seen, head);
      const added = firstOfEach(leaves).filter(({ id }) => !places.has(id));
      if (added.length === 0 && head !== undefined) return { head, places, tiles: edge.open };
      for (const [nth, { id }] of added.entries()) places.set(id, edge.size + nth);
      const growth = growTree(
        edge,
        added.map(({ hash }) => hash),
      );
      const next = await signHead(signer, growth.edge);
      await write(query, { first: edge.size, leaves: added, tiles: growth.changed, head: next });
      return { head: next, places, tiles: [...growth.edge.open, ...growth.changed] };
    }),
  );
}

/**
 * Any number that nobody else uses for a lock in this database. Whoever holds it and falls silent, because its process is
 * stopped or the key does not answer, loses it: everybody else waits.
 */
const LOG_LOCK = 0x74_6c_6f_67;
const TAKE_LOCK = `SET LOCAL idle_in_transaction_session_timeout = '60s'; SELECT pg_advisory_xact_lock(${LOG_LOCK})`;

/**
 * Whoever can write to the database must not make us sign a tree of his: a head that we have not signed ourselves,
 * that its tiles or entries do not fit, or that has gone back behind what we saw, is not continued.
 */
function checkedEdge({ head, entries, last }: Edge, heads: KeySet): TreeEdge {
  const size = head?.size ?? 0;
  if (entries !== size) throw damaged(`it has ${entries} entries and a head of size ${size}`);
  const tiled = last.find(({ level }) => level === 0)?.index ?? -1;
  if (tiled !== Math.ceil(size / TILE_WIDTH) - 1) throw damaged('it has tiles that are not of its head');
  const open = openTiles(size).flatMap(({ level, index }) =>
    last.filter((tile) => tile.level === level && tile.index === index),
  );
  const edge = { size, open };
  if (head === undefined) return edge;
  const signed = openHead(head.note, heads);
  if (signed.size !== size || signed.root.toString('hex') !== head.rootHash)
    throw damaged('its head is not the one that was signed');
  if (edgeRoot(edge)?.toString('hex') !== head.rootHash) throw damaged('its tiles do not fit its head');
  return edge;
}

function openHead(note: string, heads: KeySet): TreeHead {
  try {
    return openCheckpoint(note, heads);
  } catch (error) {
    if (error instanceof CustodyError)
      throw damaged(`its head is not signed as it should be: ${error.message}`);
    throw error;
  }
}

async function requireContinuation(
  query: Query,
  seen: Checkpoint | undefined,
  head: Checkpoint | undefined,
): Promise<void> {
  if (seen === undefined || (seen.size === head?.size && seen.rootHash === head.rootHash)) return;
  if (head === undefined || head.size <= seen.size)
    throw damaged(`it had ${seen.size} entries and now is another one of size ${head?.size ?? 0}`);
  await proveConsistency(query, seen, head);
}

function firstOfEach(leaves: readonly Leaf[]): Leaf[] {
  return [...new Map(leaves.map((leaf) => [leaf.id, leaf])).values()];
}

async function signHead(signer: LogSigner, edge: TreeEdge): Promise<Checkpoint> {
  const root = edgeRoot(edge);
  if (root === undefined) throw damaged('its tiles do not make up a tree');
  const key = noteKey(signer.origin, signer.publicKeyPem);
  if (key === undefined) throw new CertusError('key_unusable', 'the key of the log is not an Ed25519 key');
  const text = checkpointText({ origin: signer.origin, size: edge.size, root });
  const note = signedNote(text, key, await signer.sign(Buffer.from(text)));
  return { size: edge.size, rootHash: root.toString('hex'), note, at: new Date() };
}

type Written = {
  readonly first: number;
  readonly leaves: readonly Leaf[];
  readonly tiles: readonly StoredTile[];
  readonly head: Checkpoint;
};

async function write(query: Query, { first, leaves, tiles, head }: Written): Promise<void> {
  const of = (pick: (leaf: Leaf) => string | Uint8Array | null) => textArray(leaves.map(pick));
  await query(WRITE, [
    first,
    bytesArray(leaves.map(({ hash }) => hash)),
    of(({ data }) => data),
    of(({ entry }) => entry.kind),
    of(({ entry }) => entry.tenant),
    of(({ entry }) => entry.workspace),
    of(({ entry }) => entry.test_id),
    of(({ entry }) => storable(entry.signer)),
    of(({ entry }) => entry.at),
    tiles.map(({ level }) => level),
    tiles.map(({ index }) => index),
    bytesArray(tiles.map(({ hashes }) => hashes)),
    head.size,
    Buffer.from(head.rootHash, 'hex'),
    head.note,
    head.at.toISOString(),
  ]);
}

const WRITE = `
  WITH leaves AS (
    INSERT INTO log_leaves (index, entry_id, entry, kind, tenant, workspace, test_id, signer, at)
    SELECT $1::bigint + given.place - 1, given.entry_id, given.entry, given.kind, given.tenant, given.workspace,
      given.test_id, given.signer, given.at::timestamptz
    FROM unnest($2::bytea[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
      WITH ORDINALITY AS given (entry_id, entry, kind, tenant, workspace, test_id, signer, at, place)
  ), tiles AS (
    INSERT INTO log_tiles (level, index, hashes)
    SELECT * FROM unnest($10::int[], $11::bigint[], $12::bytea[])
    ON CONFLICT (level, index) DO UPDATE SET hashes = EXCLUDED.hashes
  )
  INSERT INTO log_checkpoints (size, root, note, at)
  VALUES ($13::bigint, $14::bytea, $15, $16::timestamptz)`;
