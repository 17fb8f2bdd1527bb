import { CertusError } from '../../contracts/errors.ts';
import type { KeySet, TrustedKey } from '../../contracts/keys.ts';
import { type Inclusion, LogEntry } from '../../contracts/transparency.ts';
import { MAX_LEAF } from '../../domain/transparency/entry-bundle.ts';
import { leafHash, leafOf } from '../../domain/transparency/merkle-hash.ts';
import type { Database } from '../database/database.ts';
import { reachable } from '../database/errors.ts';
import { type Appended, appendBatch, type Leaf } from './append-batch.ts';
import type { LogSigner } from './log-signer.ts';
import { proveInclusion } from './prove.ts';
import type { Checkpoint, TransparencyLog } from './transparency-log.ts';

/**
 * The log in Postgres. Whoever appends while a batch is being written comes with the next one, all of them together.
 * `pinned` has the earlier keys of the log, so that it goes on after its key was replaced.
 */
export function openTransparencyLog(database: Database, signer: LogSigner, pinned?: KeySet): TransparencyLog {
  const keys = { signer, heads: headKeys(signer, pinned) };
  let waiting: Waiting[] = [];
  let writing = false;
  let seen: Checkpoint | undefined;

  async function writeAll(): Promise<void> {
    writing = true;
    while (waiting.length > 0) {
      const batch = take(waiting, MAX_BATCH);
      waiting = waiting.slice(batch.length);
      try {
        const leaves = batch.flatMap((one) => one.leaves);
        const appended = await appendBatch(database, keys, leaves, seen);
        seen = appended.head;
        // Outside of the transaction: what is proved there does not change any more, and others need not wait for it.
        const proofs = await proved(database, leaves, appended);
        for (const { leaves: own, resolve } of batch)
          resolve(own.map(({ id }) => proofs.get(id)).filter((proof) => proof !== undefined));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    writing = false;
  }

  return {
    append: async (entries) => {
      if (entries.length === 0) return [];
      const leaves = entries.map(toLeaf);
      const { promise, resolve, reject } = Promise.withResolvers<Inclusion[]>();
      waiting.push({ leaves, resolve, reject });
      if (!writing) void writeAll();
      return promise;
    },
  };
}

function headKeys({ origin, keyId, publicKeyPem }: LogSigner, pinned: KeySet | undefined): KeySet {
  const own: TrustedKey = {
    id: keyId,
    role: 'log',
    tenant: null,
    public_key_pem: publicKeyPem,
    valid_from: new Date(0).toISOString(),
    valid_until: null,
    origin,
  };
  const earlier = pinned?.keys.filter(
    (key) => key.role === 'log' && key.origin === origin && key.id !== keyId,
  );
  return { schema: 'https://certus.dev/key-set/v1', keys: [own, ...(earlier ?? [])] };
}

type Waiting = {
  readonly leaves: readonly Leaf[];
  readonly resolve: (inclusions: Inclusion[]) => void;
  readonly reject: (error: unknown) => void;
};

/** So that one transaction stays short for those who wait for its end. */
const MAX_BATCH = 4096;

/** As many as fit, and always one: what was handed over together is written together. */
function take(waiting: readonly Waiting[], most: number): Waiting[] {
  const batch: Waiting[] = [];
  let count = 0;
  for (const one of waiting) {
    count += one.leaves.length;
    if (batch.length > 0 && count > most) break;
    batch.push(one);
  }
  return batch;
}

async function proved(
  { sql }: Database,
  leaves: readonly Leaf[],
  { head, places, tiles }: Appended,
): Promise<Map<string, Inclusion>> {
  const wanted = [...new Set(leaves.map(({ id }) => id))].map((entryId) => ({
    entryId,
    index: places.get(entryId) ?? Number.POSITIVE_INFINITY,
  }));
  const inclusions = await reachable(proveInclusion(sql.query, wanted, head, tiles));
  return new Map(inclusions.map((inclusion) => [inclusion.entryId, inclusion]));
}

function toLeaf(entry: LogEntry): Leaf {
  const checked = LogEntry.parse(entry);
  const data = leafOf(checked);
  if (data.length > MAX_LEAF) throw new CertusError('invalid_request', 'the entry is too long for the log');
  const hash = leafHash(data);
  return { id: hash.toString('hex'), hash, data, entry: checked };
}
