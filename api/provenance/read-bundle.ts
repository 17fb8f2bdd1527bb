import { BUNDLE } from '../../contracts/bundle.ts';
import { CertusError, type ErrorCode } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { goldenManifestKey, goldenPrefix, rawPrefix } from '../../contracts/object-keys.ts';
import type { BundleContent } from '../../domain/provenance/bundle-content.ts';
import { fileDigests } from '../../services/objects/file-digests.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';
import type { ApiObjects } from '../deps.ts';

export type FoundBundle = {
  readonly store: 'golden' | 'raw';
  readonly content: BundleContent;
  /** A small file of it, only as the bytes that were hashed; `undefined` for any other. */
  readonly small: (path: string) => Promise<Uint8Array | undefined>;
};

const MAX_FILES = 10_001;
/** What is larger is not hashed while somebody waits for an answer. */
const MAX_BYTES = 2 * 1024 ** 3;
const MAX_DOCUMENT = 16 * 1024 * 1024;
const MAX_STATEMENT = 4 * 1024 * 1024;

/** The golden copy where golden shows one, else what lies in raw; whichever the row of the scan speaks of. */
export async function readBundle(
  { golden, raw }: Pick<ApiObjects, 'golden' | 'raw'>,
  scope: Scope,
  testId: string,
): Promise<FoundBundle | undefined> {
  const shown = (await golden.head(goldenManifestKey(scope, testId))) !== undefined;
  return shown
    ? bundleBelow('golden', golden, goldenPrefix(scope, testId))
    : bundleBelow('raw', raw, rawPrefix(scope, testId));
}

async function bundleBelow(
  store: FoundBundle['store'],
  bucket: ReadableBucket,
  prefix: string,
): Promise<FoundBundle | undefined> {
  const indexBytes = await readable(bucket, `${prefix}${BUNDLE.index}`, MAX_DOCUMENT);
  if (indexBytes === undefined && store === 'raw') return undefined;
  const paths = [BUNDLE.provenance, BUNDLE.permit, BUNDLE.permitProof, BUNDLE.sanitize, BUNDLE.promotion];
  const [files, ...read] = await Promise.all([
    fileDigests(bucket, { prefix, without: BUNDLE.statements, maxFiles: MAX_FILES, maxBytes: MAX_BYTES }),
    ...paths.map((path) => readable(bucket, `${prefix}${path}`, MAX_STATEMENT)),
  ]);
  const statements = new Map(
    paths.flatMap((path, at) => {
      const bytes = read[at];
      return bytes === undefined ? [] : [[path as string, bytes] as const];
    }),
  );
  const unread = files === undefined ? `it is larger than ${MAX_BYTES} bytes and was not read` : null;
  return {
    store,
    content: { indexBytes: indexBytes ?? new Uint8Array(), statements, files: files ?? new Map(), unread },
    small: (path) => readable(bucket, `${prefix}${path}`, MAX_DOCUMENT),
  };
}

const NOT_THERE: ReadonlySet<ErrorCode> = new Set([
  'object_not_found',
  'object_too_large',
  'digest_mismatch',
]);

/** What the store itself finds altered is as good as not there: nobody signed it. */
export async function readable(
  bucket: ReadableBucket,
  key: string,
  limit: number,
): Promise<Uint8Array | undefined> {
  try {
    return await bucket.read(key, limit);
  } catch (error) {
    if (error instanceof CertusError && NOT_THERE.has(error.code)) return undefined;
    throw error;
  }
}
