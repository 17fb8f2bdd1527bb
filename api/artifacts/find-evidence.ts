import { hash } from 'node:crypto';
import type { z } from 'zod';
import { BUNDLE, type BundleFile, BundleIndex, GoldenManifest } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { jsonOf } from '../../contracts/json-of.ts';
import { goldenManifestKey, goldenPrefix, rawPrefix } from '../../contracts/object-keys.ts';
import type { ScanRecord } from '../../services/database/scan-record.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';
import { type HeldDeps, type HeldFiles, heldFiles } from './held-files.ts';

/** Where the evidence of a run lies, and the files that belong to it. */
export type Evidence = {
  readonly store: 'golden' | 'raw';
  readonly bucket: ReadableBucket;
  readonly prefix: string;
  readonly files: readonly BundleFile[];
  /** Those of them that are for reviewers alone. */
  readonly held: HeldFiles;
};

const MAX_INDEX = 16 * 1024 * 1024;
const MAX_STATEMENTS = 16;
const NONE: HeldFiles = new Set<string>();

/**
 * The golden copy once there is one, otherwise the bundle in raw; `undefined` before there is one. Golden itself is asked as
 * well: its copies are masked, and the row is told of them late, or never when what comes after the promotion fails.
 */
export async function findEvidence(
  deps: HeldDeps,
  scope: Scope,
  scan: ScanRecord,
): Promise<Evidence | undefined> {
  const { golden, raw } = deps.objects;
  const { testId, bundleDigest } = scan;
  if (bundleDigest === null) return undefined;
  const shown =
    scan.goldenManifest !== null || (await golden.head(goldenManifestKey(scope, testId))) !== undefined;
  if (shown) return goldenEvidence(golden, scope, testId, bundleDigest);
  const [evidence, held] = await Promise.all([
    rawEvidence(raw, scope, testId, bundleDigest),
    heldFiles(deps, scope, scan),
  ]);
  return { ...evidence, held: evidenceAlone(held) };
}

/** What is said about the bundle is shown to everybody: it holds kinds and counts, names and digests. */
const evidenceAlone = (held: HeldFiles): HeldFiles => ({
  has: (path) => path !== BUNDLE.index && !path.startsWith(BUNDLE.statements) && held.has(path),
});

async function goldenEvidence(
  golden: ReadableBucket,
  scope: Scope,
  testId: string,
  bundleDigest: string,
): Promise<Evidence> {
  const prefix = goldenPrefix(scope, testId);
  const manifest = parse(GoldenManifest, await golden.read(goldenManifestKey(scope, testId), MAX_INDEX));
  if (manifest.prefix !== prefix || manifest.bundle_digest !== bundleDigest)
    throw new CertusError('bundle_invalid', 'the golden manifest belongs to another bundle');
  return { store: 'golden', bucket: golden, prefix, files: manifest.files, held: NONE };
}

async function rawEvidence(
  raw: ReadableBucket,
  scope: Scope,
  testId: string,
  bundleDigest: string,
): Promise<Omit<Evidence, 'held'>> {
  const prefix = rawPrefix(scope, testId);
  const bytes = await raw.read(`${prefix}${BUNDLE.index}`, MAX_INDEX);
  // Whoever can write to raw could list other files; the row says which index the run has made.
  if (hash('sha256', bytes) !== bundleDigest)
    throw new CertusError('bundle_invalid', `${BUNDLE.index} is not the one that the run has made`);
  const index = {
    path: BUNDLE.index,
    sha256: bundleDigest,
    size: bytes.length,
    media_type: 'application/json',
  };
  const files = [index, ...parse(BundleIndex, bytes).files, ...(await statements(raw, prefix))];
  return { store: 'raw', bucket: raw, prefix, files };
}

/** They are about the bundle and so not in its index: the store's own word has to do. */
async function statements(raw: ReadableBucket, prefix: string): Promise<BundleFile[]> {
  const found: BundleFile[] = [];
  for await (const { key } of raw.list(`${prefix}${BUNDLE.statements}`)) {
    const info = await raw.head(key);
    if (info === undefined) continue;
    const { size, sha256, contentType } = info;
    found.push({ path: key.slice(prefix.length), size, sha256, media_type: contentType });
    if (found.length === MAX_STATEMENTS) break;
  }
  return found;
}

/** What cannot be read is no fault of the caller's, but it is no bug of the API's either. */
function parse<T extends z.ZodType>(schema: T, bytes: Uint8Array): z.output<T> {
  const parsed = schema.safeParse(jsonOf(bytes));
  if (!parsed.success) throw new CertusError('bundle_invalid', 'the list of the bundle cannot be read');
  return parsed.data;
}
