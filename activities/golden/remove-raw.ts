import pMap from 'p-map';
import type { KeySet } from '../../contracts/keys.ts';
import { rawPrefix } from '../../contracts/object-keys.ts';
import type { Bucket, ReadableBucket } from '../../services/objects/store.ts';
import { withHeartbeat } from '../heartbeat.ts';
import type { Run } from './deletion-deps.ts';
import { isKept } from './kept-copy.ts';
import { requireTombstone } from './opened-tombstone.ts';

export type RemoveRawDeps = {
  readonly raw: Bucket;
  readonly golden: ReadableBucket;
  readonly keySet: KeySet;
};

export type RawRemoval = {
  readonly removed: number;
  /** Nobody signed that these are to go. */
  readonly left: number;
};

/** What the assurance zone does for a deletion: it believes the tombstone, and no workflow. */
export const createRawRemovalActivities = (deps: RemoveRawDeps) => ({
  removeRaw: (run: Run): Promise<RawRemoval> => withHeartbeat((signal) => removeRaw(deps, run, signal)),
});
export type RawRemovalActivities = ReturnType<typeof createRawRemovalActivities>;

/** Removes from raw what the tombstone of the run names, by path and digest. The list and what was signed about it stay. */
export async function removeRaw(
  { raw, golden, keySet }: RemoveRawDeps,
  run: Run,
  signal: AbortSignal,
): Promise<RawRemoval> {
  const { statement } = await requireTombstone(golden, run, keySet);
  const named = new Set(statement.subject.map(({ name, digest }) => `${digest.sha256} ${name}`));
  const prefix = rawPrefix(run.scope, run.testId);
  const keys: string[] = [];
  for await (const { key } of raw.list(prefix)) if (!isKept(key.slice(prefix.length))) keys.push(key);
  const remove = async (key: string): Promise<boolean> => {
    signal.throwIfAborted();
    const info = await raw.head(key);
    if (info === undefined) return true;
    if (!named.has(`${info.sha256} ${key.slice(prefix.length)}`)) return false;
    await raw.remove(key);
    return true;
  };
  const gone = await pMap(keys, remove, { concurrency: 8 });
  const removed = gone.filter(Boolean).length;
  return { removed, left: gone.length - removed };
}
