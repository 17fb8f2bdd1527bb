import { BUNDLE, BundleIndex } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import { jsonOf } from '../../contracts/json-of.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';
import { type Evidence, readEvidenceStatement } from './read-evidence.ts';

const MAX_FILES = 10_001;

/**
 * A bundle whose files were not read yet: which of them are there, and how large, is the store's word; of those that are
 * listed the digest is the index's. For who reads each of them afterwards, once, and holds it to that digest.
 */
export async function readListed(bucket: ReadableBucket, prefix: string): Promise<Evidence> {
  const [indexBytes, provenanceBytes, sizes] = await Promise.all([
    readEvidenceStatement(bucket, `${prefix}${BUNDLE.index}`),
    readEvidenceStatement(bucket, `${prefix}${BUNDLE.provenance}`),
    sizesBelow(bucket, prefix),
  ]);
  const index = BundleIndex.safeParse(jsonOf(indexBytes));
  const listed = new Map<string, string>(index.data?.files.map((file) => [file.path, file.sha256]));
  listed.set(BUNDLE.index, sha256(indexBytes));
  const files = [...sizes].map(([path, size]) => [path, { sha256: listed.get(path) ?? '', size }] as const);
  return { indexBytes, provenanceBytes, files: new Map(files) };
}

async function sizesBelow(bucket: ReadableBucket, prefix: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for await (const { key, size } of bucket.list(prefix)) {
    const path = key.slice(prefix.length);
    if (path.startsWith(BUNDLE.statements)) continue;
    if (sizes.size >= MAX_FILES)
      throw new CertusError('bundle_invalid', `the bundle has more than ${MAX_FILES - 1} files`);
    sizes.set(path, size);
  }
  return sizes;
}
