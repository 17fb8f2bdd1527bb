import pMap from 'p-map';
import { BUNDLE } from '../../contracts/bundle.ts';
import type { Cleared } from '../../contracts/deletion.ts';
import { CertusError } from '../../contracts/errors.ts';
import { goldenManifestKey, goldenPrefix } from '../../contracts/object-keys.ts';
import { SIGSTORE_BUNDLE_MEDIA_TYPE } from '../../contracts/statements.ts';
import { isDocumentsRun } from '../../domain/custody/run-kind.ts';
import type { Bucket } from '../../services/objects/store.ts';
import { isQuarantined } from '../custody/is-quarantined.ts';
import { clearDocuments, clearHeldEvidence } from './clear-brought.ts';
import type { DeletionDeps, Run } from './deletion-deps.ts';
import { isKept, type KeptCopy, readKept } from './kept-copy.ts';
import { requireTombstone } from './opened-tombstone.ts';

/**
 * Removes the files of a copy that has a tombstone, wherever Transform keeps any of them. The list and the statements end up
 * in golden; of a copy in quarantine they stay there, for nothing of it comes back. What the store does not let go is counted.
 */
export async function clearCopy(deps: DeletionDeps, run: Run, signal: AbortSignal): Promise<Cleared> {
  const { golden, archive, quarantine, keySet } = deps;
  const { statement, bytes } = await requireTombstone(golden, run, keySet);
  const copy = await readKept(deps, run, statement.predicate.bundle.digest.sha256);
  const prefix = goldenPrefix(run.scope, run.testId);
  const manifestKey = goldenManifestKey(run.scope, run.testId);
  if (!(await isQuarantined(golden, run))) await putBack(golden, prefix, copy, bytes);
  const counts = await Promise.all([
    removeBelow(golden, prefix, isFile, signal),
    removeBelow(archive, prefix, () => true, signal),
    removeBelow(quarantine, prefix, isFile, signal),
  ]);
  await Promise.all([golden.remove(manifestKey), archive.remove(manifestKey)]);
  const brought = isDocumentsRun(run.testId)
    ? await clearDocuments(deps, run, copy.index, signal)
    : await clearHeldEvidence(deps, run, statement.predicate.bundle.digest.sha256, signal);
  const times = counts.flatMap(({ until }) => until ?? []);
  return {
    removed: counts.reduce((sum, { removed }) => sum + removed, brought.removed),
    shared: brought.shared,
    retained: counts.reduce((sum, { retained }) => sum + retained, 0),
    retainedUntil: times.length === 0 ? null : new Date(Math.max(...times.map(Number))).toISOString(),
  };
}

const isFile = (path: string): boolean => !isKept(path);

/** From wherever it lay, before that is cleared away; and the tombstone among them, for whoever verifies them as a folder. */
async function putBack(
  golden: Bucket,
  prefix: string,
  { statements }: KeptCopy,
  tombstone: Uint8Array,
): Promise<void> {
  for (const [path, bytes] of statements) {
    const contentType = path.endsWith('.sigstore.json')
      ? SIGSTORE_BUNDLE_MEDIA_TYPE
      : path === BUNDLE.index
        ? 'application/json'
        : 'text/plain';
    await golden.put(`${prefix}${path}`, bytes, { contentType, ifAbsent: true });
  }
  const contentType = SIGSTORE_BUNDLE_MEDIA_TYPE;
  await golden.put(`${prefix}${BUNDLE.tombstone}`, tombstone, { contentType });
}

type Count = { readonly removed: number; readonly retained: number; readonly until: Date | undefined };

async function removeBelow(
  bucket: Bucket,
  prefix: string,
  wanted: (path: string) => boolean,
  signal: AbortSignal,
): Promise<Count> {
  const keys: string[] = [];
  for await (const { key } of bucket.list(prefix)) if (wanted(key.slice(prefix.length))) keys.push(key);
  const until = await pMap(
    keys,
    async (key) => {
      signal.throwIfAborted();
      return (await removed(bucket, key))
        ? undefined
        : ((await bucket.head(key))?.retainUntil ?? new Date(0));
    },
    { concurrency: 8 },
  );
  const left = until.flatMap((time) => time ?? []);
  const latest = left.length === 0 ? undefined : new Date(Math.max(...left.map(Number)));
  return { removed: keys.length - left.length, retained: left.length, until: latest };
}

async function removed(bucket: Bucket, key: string): Promise<boolean> {
  try {
    await bucket.remove(key);
    return true;
  } catch (error) {
    if (error instanceof CertusError && error.code === 'object_retained') return false;
    throw error;
  }
}
