import { BUNDLE, MAX_FILES } from '../../contracts/bundle.ts';
import { CertusError, type ErrorCode } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { goldenManifestKey, goldenPrefix, rawPrefix, tombstoneKey } from '../../contracts/object-keys.ts';
import { isDocumentsRun } from '../../domain/custody/run-kind.ts';
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

/** The index besides what it lists. */
const MOST_FILES = MAX_FILES + 1;
/** What is larger is not hashed while somebody waits for an answer, unless they say so. */
const MAX_BYTES = 2 * 1024 ** 3;
const MAX_DOCUMENT = 16 * 1024 * 1024;
/** One that names every document of a large promotion takes some megabytes. */
const MAX_STATEMENT = 16 * 1024 * 1024;

/**
 * The golden copy where golden shows one, or what is left of one that was deleted; else what lies in raw; whichever the row of
 * the run speaks of.
 */
export async function readBundle(
  { golden, raw }: Pick<ApiObjects, 'golden' | 'raw'>,
  scope: Scope,
  testId: string,
  maxBytes = MAX_BYTES,
): Promise<FoundBundle | undefined> {
  const keys = [goldenManifestKey(scope, testId), tombstoneKey(scope, testId)];
  const shown = (await Promise.all(keys.map((key) => golden.head(key)))).some((info) => info !== undefined);
  if (shown) {
    const prefix = goldenPrefix(scope, testId);
    return bundleBelow('golden', golden, prefix, () => hashed(golden, prefix, maxBytes));
  }
  const prefix = rawPrefix(scope, testId);
  const files = isDocumentsRun(testId) ? async () => ELSEWHERE : () => hashed(raw, prefix, maxBytes);
  return bundleBelow('raw', raw, prefix, files);
}

async function bundleBelow(
  store: FoundBundle['store'],
  bucket: ReadableBucket,
  prefix: string,
  hashFiles: () => Promise<Hashed>,
): Promise<FoundBundle | undefined> {
  const indexBytes = await readable(bucket, `${prefix}${BUNDLE.index}`, MAX_DOCUMENT);
  if (indexBytes === undefined && store === 'raw') return undefined;
  const [files, ...read] = await Promise.all([
    hashFiles(),
    ...STATEMENTS.map((path) => readable(bucket, `${prefix}${path}`, MAX_STATEMENT)),
  ]);
  const statements = new Map(
    STATEMENTS.flatMap((path, at) => {
      const bytes = read[at];
      return bytes === undefined ? [] : [[path, bytes] as const];
    }),
  );
  return {
    store,
    content: { indexBytes: indexBytes ?? new Uint8Array(), statements, ...files },
    small: (path) => readable(bucket, `${prefix}${path}`, MAX_DOCUMENT),
  };
}

const STATEMENTS: readonly string[] = [
  BUNDLE.provenance,
  BUNDLE.permit,
  BUNDLE.permitProof,
  BUNDLE.sanitize,
  BUNDLE.promotion,
  BUNDLE.tombstone,
];

type Hashed = Pick<BundleContent, 'files' | 'unread'>;

/** Raw has their list alone, and a list is no proof that somebody has seen them. */
const ELSEWHERE: Hashed = {
  files: new Map(),
  unread: 'documents that are not published lie apart from their list, and were not read',
};

async function hashed(bucket: ReadableBucket, prefix: string, maxBytes: number): Promise<Hashed> {
  const limits = { without: BUNDLE.statements, maxFiles: MOST_FILES, maxBytes };
  const files = await fileDigests(bucket, { prefix, ...limits });
  return files === undefined
    ? { files: new Map(), unread: `it is larger than ${maxBytes} bytes and was not read` }
    : { files, unread: null };
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
