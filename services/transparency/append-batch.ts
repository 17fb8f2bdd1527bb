import { CertusError } from '../../contracts/errors.ts';
import type { KeySet } from '../../contracts/keys.ts';
import type { LogEntry } from '../../contracts/transparency.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { checkpointText, openCheckpoint, type TreeHead } from '../../domain/transparency/checkpoint.ts';
import { edgeRoot, growTree, type StoredTile, type TreeEdge } from '../../domain/transparency/grow-tree.ts';
import { noteKey, signedNote } from '../../domain/transparency/signed-note.ts';
import { openTiles } from '../../domain/transparency/tiles.ts';
import type { Database } from '../database/database.ts';
import { reachable } from '../database/errors.ts';
import { storable } from '../database/storable.ts';
import { damaged, newestCheckpoint, placesOf, type Rows, readTiles } from './log-rows.ts';
import type { LogSigner } from './log-signer.ts';
import { proveConsistency } from './prove.ts';
import type { Checkpoint } from './transparency-log.ts';

/** What signs the log, and the keys under which the head that it continues from may be signed. */
export type LogKeys = { readonly signer: LogSigner; readonly heads: KeySet };
/** `id` is the hash of `data` as a leaf. */
export type Leaf = { readonly id: string; readonly data: Buffer; readonly entry: LogEntry };
export type Appended = { readonly head: Checkpoint; readonly places: ReadonlyMap<string, number> };

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
    database.client.$transaction(
      async (rows) => {
        await rows.$executeRaw`SELECT pg_advisory_xact_lock(${LOG_LOCK}::bigint)`;
        const { head, edge } = await readHead(rows, heads, seen);
        const places = await placesOf(
          rows,
          leaves.map(({ id }) => id),
        );
        const added = firstOfEach(leaves).filter(({ id }) => !places.has(id));
        if (added.length === 0 && head !== undefined) return { head, places };
        for (const [nth, { id }] of added.entries()) places.set(id, edge.size + nth);
        const growth = growTree(
          edge,
          added.map(({ id }) => Buffer.from(id, 'hex')),
        );
        await writeLeaves(rows, edge.size, added);
        await writeTiles(rows, growth.changed);
        return { head: await writeCheckpoint(rows, signer, growth.edge), places };
      },
      // what was committed while we waited for the lock must be seen
      { isolationLevel: 'ReadCommitted', maxWait: 10_000, timeout: 60_000 },
    ),
  );
}

/** Any number that nobody else uses for a lock in this database. */
const LOG_LOCK = 0x74_6c_6f_67;

type Head = { readonly head: Checkpoint | undefined; readonly edge: TreeEdge };

/**
 * Whoever can write to the database must not make us sign a tree of his: a head that we have not signed ourselves,
 * that its tiles or entries do not fit, or that has gone back behind what we saw, is not continued.
 */
async function readHead(rows: Rows, heads: KeySet, seen: Checkpoint | undefined): Promise<Head> {
  const head = await newestCheckpoint(rows);
  const size = head?.size ?? 0;
  const [counted] = await rows.$queryRaw<{ next: bigint | null; tiled: bigint | null }[]>`
    SELECT (SELECT max(index) + 1 FROM log_leaves) AS next, (SELECT max(index) FROM log_tiles WHERE level = 0) AS tiled`;
  if (Number(counted?.next ?? 0) !== size)
    throw damaged(`it has ${counted?.next ?? 0} entries and a head of size ${size}`);
  if (Number(counted?.tiled ?? -1) !== Math.ceil(size / 256) - 1)
    throw damaged('it has tiles that are not of its head');
  const edge = { size, open: await readTiles(rows, openTiles(size)) };
  if (head !== undefined) {
    const signed = openHead(head.note, heads);
    if (signed.size !== size || signed.root.toString('hex') !== head.rootHash)
      throw damaged('its head is not the one that was signed');
    if (edgeRoot(edge)?.toString('hex') !== head.rootHash) throw damaged('its tiles do not fit its head');
  }
  await requireContinuation(rows, seen, head);
  return { head, edge };
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
  rows: Rows,
  seen: Checkpoint | undefined,
  head: Checkpoint | undefined,
): Promise<void> {
  if (seen === undefined || (seen.size === head?.size && seen.rootHash === head.rootHash)) return;
  if (head === undefined || head.size <= seen.size)
    throw damaged(`it had ${seen.size} entries and now is another one of size ${head?.size ?? 0}`);
  await proveConsistency(rows, seen, head);
}

function firstOfEach(leaves: readonly Leaf[]): Leaf[] {
  return [...new Map(leaves.map((leaf) => [leaf.id, leaf])).values()];
}

async function writeLeaves(rows: Rows, first: number, leaves: readonly Leaf[]): Promise<void> {
  const of = <T>(pick: (leaf: Leaf) => T): T[] => leaves.map(pick);
  await rows.$executeRaw`
    INSERT INTO log_leaves (index, entry_id, entry, kind, tenant, workspace, test_id, signer, at)
    SELECT ${first}::bigint + given.place - 1, given.entry_id, given.entry, given.kind, given.tenant, given.workspace,
      given.test_id, given.signer, given.at
    FROM unnest(
      ${of(({ id }) => id)}::text[], ${of(({ data }) => data.toString('utf8'))}::text[],
      ${of(({ entry }) => entry.kind)}::text[], ${of(({ entry }) => entry.tenant)}::text[],
      ${of(({ entry }) => entry.workspace)}::text[], ${of(({ entry }) => entry.test_id)}::text[],
      ${of(({ entry }) => storable(entry.signer))}::text[], ${of(({ entry }) => entry.at)}::timestamptz[]
    ) WITH ORDINALITY AS given (entry_id, entry, kind, tenant, workspace, test_id, signer, at, place)`;
}

async function writeTiles(rows: Rows, tiles: readonly StoredTile[]): Promise<void> {
  await rows.$executeRaw`
    INSERT INTO log_tiles (level, index, hashes)
    SELECT given.level, given.index, decode(given.hashes, 'hex')
    FROM unnest(
      ${tiles.map(({ level }) => level)}::int[], ${tiles.map(({ index }) => index)}::bigint[],
      ${tiles.map(({ hashes }) => Buffer.from(hashes).toString('hex'))}::text[]
    ) AS given (level, index, hashes)
    ON CONFLICT (level, index) DO UPDATE SET hashes = EXCLUDED.hashes`;
}

async function writeCheckpoint(rows: Rows, signer: LogSigner, edge: TreeEdge): Promise<Checkpoint> {
  const root = edgeRoot(edge);
  if (root === undefined) throw damaged('its tiles do not make up a tree');
  const key = noteKey(signer.origin, signer.publicKeyPem);
  if (key === undefined) throw new CertusError('key_unusable', 'the key of the log is not an Ed25519 key');
  const text = checkpointText({ origin: signer.origin, size: edge.size, root });
  const note = signedNote(text, key, await signer.sign(Buffer.from(text)));
  const at = new Date();
  await rows.$executeRaw`
    INSERT INTO log_checkpoints (size, root, note, at)
    VALUES (${edge.size}::bigint, ${new Uint8Array(root)}::bytea, ${note}, ${at.toISOString()}::timestamptz)`;
  return { size: edge.size, rootHash: root.toString('hex'), note, at };
}
