import pMap from 'p-map';
import { GoldenManifest } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import { jsonOf } from '../../contracts/json-of.ts';
import { goldenManifestKey, goldenPrefix, quarantineNoticeKey } from '../../contracts/object-keys.ts';
import type { QuarantinedCopy, QuarantineInput } from '../../contracts/quarantine.ts';
import type { Notice } from '../../contracts/scan.ts';
import { SIGSTORE_BUNDLE_MEDIA_TYPE } from '../../contracts/statements.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { openQuarantine, quarantineStatement } from '../../domain/custody/quarantine-statement.ts';
import { sealStatement } from '../../domain/custody/seal-statement.ts';
import type { Bucket, ObjectEntry } from '../../services/objects/store.ts';
import type { PublishDeps } from './deps.ts';
import { requireCause } from './quarantine-cause.ts';

/** A bucket that nothing is served from. */
export type QuarantineDeps = Omit<PublishDeps, 'uploads' | 'inspector' | 'lockUntil'>;

const MAX_MANIFEST = 16 * 1024 * 1024;
const MAX_NOTICE = 1024 * 1024;
const MOST_NOTICES = 50;

/**
 * Takes a golden copy away. First the notice, which keeps the run from being published again, then the golden manifest,
 * without which nothing of it shows, then file by file. Each step finds what an attempt before it has done.
 */
export async function quarantineGolden(
  deps: QuarantineDeps,
  input: QuarantineInput,
  signal: AbortSignal,
): Promise<QuarantinedCopy> {
  const { golden, quarantine } = deps;
  const { scope, testId } = input;
  const [manifestKey, noticeKey] = [goldenManifestKey(scope, testId), quarantineNoticeKey(scope, testId)];
  const prefix = goldenPrefix(scope, testId);
  const begun = await isBegun(deps, input, manifestKey, noticeKey);
  const cause = begun ? input : await requireCause(deps, input, signal);
  const manifest = await keepManifest(deps, manifestKey);
  const notice = await storeNotice(deps, cause, noticeKey, prefix);
  await golden.remove(manifestKey);
  const notices = await moveFiles(deps, prefix, manifest, signal);
  const contentType = SIGSTORE_BUNDLE_MEDIA_TYPE;
  await quarantine.put(noticeKey, notice, { contentType, ifAbsent: true });
  const location = quarantine.locate(prefix.replace(/\/$/, ''));
  return { notice: Buffer.from(notice).toString('utf8'), location, notices };
}

/** An attempt that has hidden a changed copy leaves nothing to see of the change; its notice says that it was seen. */
async function isBegun(
  { golden, keySet }: QuarantineDeps,
  input: QuarantineInput,
  manifestKey: string,
  noticeKey: string,
): Promise<boolean> {
  if (!('drift' in input.cause) || (await golden.head(manifestKey)) !== undefined) return false;
  if ((await golden.head(noticeKey)) === undefined) return false;
  return isOurs(await golden.read(noticeKey, MAX_NOTICE), input, keySet);
}

/** Once it is gone from golden, an attempt that goes on finds here what belongs to the copy. */
async function keepManifest(
  { golden, quarantine }: QuarantineDeps,
  key: string,
): Promise<GoldenManifest | undefined> {
  const shown = (await golden.head(key)) === undefined ? undefined : await golden.read(key, MAX_MANIFEST);
  if (shown !== undefined)
    await quarantine.put(key, shown, { contentType: 'application/json', ifAbsent: true });
  if (shown === undefined && (await quarantine.head(key)) === undefined) return undefined;
  const { success, data } = GoldenManifest.safeParse(jsonOf(await quarantine.read(key, MAX_MANIFEST)));
  return success ? data : undefined;
}

/** A signature differs at each attempt: the first notice counts, unless it is none of ours. */
async function storeNotice(
  { golden, quarantine, promotionSigner, keySet, now }: QuarantineDeps,
  input: QuarantineInput,
  key: string,
  prefix: string,
): Promise<Uint8Array> {
  const options = { contentType: SIGSTORE_BUNDLE_MEDIA_TYPE };
  const taken = { from: `${golden.name}/${prefix}`, to: `${quarantine.name}/${prefix}`, at: now() };
  const sealed = await sealStatement(quarantineStatement(input, taken), promotionSigner);
  const { outcome } = await golden.put(key, sealed, { ...options, ifAbsent: true });
  if (outcome !== 'exists') return sealed;
  const before = await golden.read(key, MAX_NOTICE);
  if (isOurs(before, input, keySet)) return before;
  await golden.put(key, sealed, options);
  return sealed;
}

function isOurs(
  bytes: Uint8Array,
  { scope, testId }: QuarantineInput,
  keySet: QuarantineDeps['keySet'],
): boolean {
  try {
    openQuarantine(bytes, { ...scope, testId }, keySet);
    return true;
  } catch (error) {
    if (error instanceof CustodyError) return false;
    throw error;
  }
}

/**
 * What is not the file that was promoted is evidence of another kind: it stays where it is, hidden, and is told of. What
 * the manifest does not list moves as it is.
 */
async function moveFiles(
  { golden, quarantine }: QuarantineDeps,
  prefix: string,
  manifest: GoldenManifest | undefined,
  signal: AbortSignal,
): Promise<Notice[]> {
  const listed = new Map(manifest?.files.map(({ path, sha256 }) => [path, sha256]));
  const found: ObjectEntry[] = [];
  for await (const entry of golden.list(prefix)) found.push(entry);
  const move = async ({ key }: ObjectEntry): Promise<Notice[]> => {
    signal.throwIfAborted();
    const path = key.slice(prefix.length);
    const fault = await copy(golden, quarantine, key, listed.get(path));
    if (fault !== undefined) return [{ code: 'digest_mismatch', message: fault, path }];
    return (await removed(golden, key)) ? [] : [{ code: 'object_retained', message: RETAINED, path }];
  };
  const notices = (await pMap(found, move, { concurrency: 8 })).flat();
  return notices.slice(0, MOST_NOTICES);
}

const RETAINED = 'is locked by the store, and stays where it was, hidden, until its time is over';

async function removed(golden: Bucket, key: string): Promise<boolean> {
  try {
    await golden.remove(key);
    return true;
  } catch (error) {
    if (error instanceof CertusError && error.code === 'object_retained') return false;
    throw error;
  }
}

/** Why it could not be copied as what it was; nothing is said of what was. */
async function copy(
  golden: Bucket,
  quarantine: Bucket,
  key: string,
  expected: string | undefined,
): Promise<string | undefined> {
  try {
    const { info, body } = await golden.open(key);
    const sha256 = expected ?? info.sha256;
    const options = { contentType: info.contentType, sha256, ifAbsent: true };
    const stored = await quarantine.put(key, body, options);
    return stored.info.sha256 === sha256 ? undefined : 'quarantine holds other bytes under this name already';
  } catch (error) {
    if (error instanceof CertusError && error.code === 'digest_mismatch')
      return 'is not what was promoted, and stays where it was';
    if (error instanceof CertusError && error.code === 'object_not_found') return undefined;
    throw error;
  }
}
