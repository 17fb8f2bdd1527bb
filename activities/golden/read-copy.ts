import { createHash } from 'node:crypto';
import pMap from 'p-map';
import { BUNDLE, MAX_FILES } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import { goldenManifestKey, goldenPrefix } from '../../contracts/object-keys.ts';
import type { GoldenContent, GoldenRun } from '../../domain/custody/golden-chain.ts';
import type { Drift } from '../../domain/custody/golden-drift.ts';
import type { ObjectEntry, ReadableBucket } from '../../services/objects/store.ts';
import { readEvidenceStatement } from '../custody/read-evidence.ts';
import { MAX_TOMBSTONE } from './opened-tombstone.ts';

const MAX_STATEMENT = MAX_TOMBSTONE;
/** Of documents, or files of a scan, and the statements beside them. */
const MOST_OBJECTS = MAX_FILES + 16;

/** Everything that a bucket holds of a run, each object read to its end: the store's own word on it counts for nothing. */
export async function readCopy(
  bucket: ReadableBucket,
  { scope, testId }: GoldenRun,
  signal: AbortSignal,
): Promise<{ readonly content: GoldenContent; readonly strange: readonly Drift[] }> {
  const prefix = goldenPrefix(scope, testId);
  const { entries, strange } = await listed(bucket, prefix);
  const bytes = new Map<string, Uint8Array>();
  const read = async (entry: ObjectEntry) => {
    signal.throwIfAborted();
    const path = entry.key.slice(prefix.length);
    const file = await readObject(bucket, entry, isDocument(path), signal);
    if (file?.bytes !== undefined) bytes.set(path, file.bytes);
    return [path, file] as const;
  };
  const manifestBytes = await readEvidenceStatement(bucket, goldenManifestKey(scope, testId));
  const found = await pMap(entries, read, { concurrency: 8 });
  const files = new Map(found.flatMap(([path, file]) => (file === undefined ? [] : [[path, file] as const])));
  return { content: { manifestBytes, files, bytes }, strange };
}

const isDocument = (path: string): boolean => path === BUNDLE.index || path.startsWith(BUNDLE.statements);

/** What nobody could have promoted is told, however much of it there is, and not read. */
async function listed(bucket: ReadableBucket, prefix: string) {
  const entries: ObjectEntry[] = [];
  let nameless = 0;
  let tooMany = false;
  for await (const entry of bucket.list(prefix, () => nameless++)) {
    tooMany = entries.length >= MOST_OBJECTS;
    if (tooMany) break;
    entries.push(entry);
  }
  const strange: Drift[] = [];
  const tell = (message: string) => strange.push({ code: 'unlisted_file', path: '', message });
  if (nameless > 0) tell(`${nameless} objects are there under names that are none of ours`);
  if (tooMany) tell(`there are more than the ${MOST_OBJECTS} objects that a run can have`);
  return { entries, strange };
}

type Read = { readonly sha256: string; readonly size: number; readonly bytes?: Uint8Array };

/** Nothing for what has gone since it was listed; no digest for what the store itself finds changed. */
async function readObject(
  bucket: ReadableBucket,
  { key, size }: ObjectEntry,
  keep: boolean,
  signal: AbortSignal,
): Promise<Read | undefined> {
  const kept: Buffer[] = [];
  const hash = createHash('sha256');
  let read = 0;
  try {
    for await (const chunk of (await bucket.open(key)).body) {
      signal.throwIfAborted();
      hash.update(chunk as Buffer);
      read += (chunk as Buffer).length;
      if (keep && read <= MAX_STATEMENT) kept.push(chunk as Buffer);
    }
  } catch (error) {
    if (!(error instanceof CertusError)) throw error;
    if (error.code === 'object_not_found') return undefined;
    if (error.code === 'digest_mismatch') return { sha256: '', size };
    throw error;
  }
  const digest = { sha256: hash.digest('hex'), size: read };
  return keep && read <= MAX_STATEMENT ? { ...digest, bytes: Buffer.concat(kept) } : digest;
}
