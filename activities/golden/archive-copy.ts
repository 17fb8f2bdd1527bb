import pMap from 'p-map';
import { BUNDLE, GoldenManifest } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import { jsonOf } from '../../contracts/json-of.ts';
import { goldenManifestKey, goldenPrefix } from '../../contracts/object-keys.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { dueFor } from '../../domain/retention/due-for.ts';
import { recordArchived } from '../../services/database/golden-classes.ts';
import type { Bucket } from '../../services/objects/store.ts';
import { isTakenAway } from '../custody/is-taken-away.ts';
import { readEvidenceStatement } from '../custody/read-evidence.ts';
import type { DeletionDeps, Run } from './deletion-deps.ts';
import { promotionOf } from './kept-copy.ts';
import { requireNoHold } from './legal-holds.ts';
import { retainedUntil } from './retained-until.ts';
import { retentionInForce } from './retention-in-force.ts';

export type Archived = {
  readonly state: 'archived' | 'retained' | 'not_due' | 'taken_away';
  readonly component: string | null;
};

/**
 * Puts a copy aside: file by file into the archive, then the manifest that shows it, then out of golden, there the manifest
 * first. At no time does either of them show half a copy, and an attempt that goes on finds what was done in the archive.
 */
export async function archiveCopy(deps: DeletionDeps, run: Run, signal: AbortSignal): Promise<Archived> {
  const { golden, archive, database } = deps;
  const { scope, testId } = run;
  const manifestKey = goldenManifestKey(scope, testId);
  if (await isTakenAway(golden, run)) return { state: 'taken_away', component: null };
  const shown = (await golden.head(manifestKey)) !== undefined;
  const place = shown ? golden : archive;
  const manifestBytes = await readEvidenceStatement(place, manifestKey);
  const files = await promotedFiles(deps, run, place, manifestBytes);
  const prefix = goldenPrefix(scope, testId);
  // one that is shown no longer is in the archive whole: what is left of it in golden goes, whatever was said since
  if (shown) {
    await requireNoHold(deps, run);
    if (!(await isDue(deps, run, files))) return { state: 'not_due', component: null };
    if ((await retainedUntil(deps, run, () => true)) !== undefined)
      return { state: 'retained', component: null };
    await pMap(files.digests, ([path, digest]) => copy(deps, `${prefix}${path}`, digest, signal), {
      concurrency: 8,
    });
    await put(archive, manifestKey, manifestBytes);
    signal.throwIfAborted();
    await golden.remove(manifestKey);
  }
  const digests = new Map(files.digests);
  for await (const { key } of golden.list(prefix)) {
    signal.throwIfAborted();
    const digest = digests.get(key.slice(prefix.length));
    // what was not promoted is nobody's to clear away in silence: it stays, and an audit tells of it
    if (digest !== undefined && (await archive.head(key))?.sha256 === digest) await golden.remove(key);
  }
  await recordArchived(database, scope, testId, deps.now());
  return { state: 'archived', component: files.component };
}

type Promoted = {
  readonly component: string;
  readonly promotedAt: Date;
  readonly digests: readonly (readonly [string, string])[];
};

/** What the manifest lists, as far as the promotion vouches for it: neither of them alone says what is to be kept. */
async function promotedFiles(
  { keySet }: DeletionDeps,
  run: Run,
  bucket: Bucket,
  manifestBytes: Uint8Array,
): Promise<Promoted> {
  const { success, data: manifest } = GoldenManifest.safeParse(jsonOf(manifestBytes));
  if (!success) throw drifted('its manifest is not there, or is none');
  const path = `${goldenPrefix(run.scope, run.testId)}${BUNDLE.promotion}`;
  const promotionBytes = await readEvidenceStatement(bucket, path);
  const statements = new Map<string, Uint8Array>([[BUNDLE.promotion, promotionBytes]]);
  const { subject, predicate } = promotionOf(run, { statements }, keySet);
  const signed = new Map(subject.map(({ name, digest }) => [name, digest.sha256]));
  signed.set(BUNDLE.promotion, sha256(promotionBytes));
  const listed = new Map<string, string>(manifest.files.map((file) => [file.path, file.sha256]));
  for (const [name, digest] of signed)
    if (listed.get(name) !== digest) throw drifted(`its manifest does not list ${name} as it was promoted`);
  for (const name of listed.keys())
    if (!signed.has(name) && name !== BUNDLE.permitProof) throw drifted(`${name} was never promoted`);
  return {
    component: manifest.component_id,
    promotedAt: new Date(predicate.promotedOn),
    digests: [...listed],
  };
}

async function isDue(deps: DeletionDeps, { scope }: Run, { promotedAt }: Promoted): Promise<boolean> {
  const policy = await retentionInForce(deps, scope);
  // what is to be deleted is not put aside before
  return dueFor(policy, { class: 'hot', promotedAt, onHold: false }, deps.now()) === 'archive';
}

async function copy(
  { golden, archive }: DeletionDeps,
  key: string,
  digest: string,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  if ((await archive.head(key))?.sha256 === digest) return;
  const { info, body } = await golden.open(key);
  const { contentType, metadata, size } = info;
  const options = { contentType, metadata, size, sha256: digest, ifAbsent: true };
  const stored = await archive.put(key, body, options);
  if (stored.info.sha256 !== digest)
    throw new CertusError('golden_conflict', `${key} is in the archive already with other bytes`);
}

async function put(archive: Bucket, key: string, bytes: Uint8Array): Promise<void> {
  const contentType = 'application/json';
  const { info } = await archive.put(key, bytes, { contentType, ifAbsent: true });
  if (info.sha256 !== sha256(bytes))
    throw new CertusError('golden_conflict', `${key} is in the archive already with other bytes`);
}

const drifted = (why: string): CertusError =>
  new CertusError('golden_drifted', `the copy is not put aside: ${why}`);
