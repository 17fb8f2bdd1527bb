import { CertusError } from '../../../contracts/errors.ts';
import type { ReadableBucket } from '../../objects/store.ts';
import { readItem } from '../read-object.ts';
import type { ListedObject, SourceBucket } from './source-bucket.ts';

/** A bucket where objects are files: the same for the small installations that have no S3. */
export const storedBucket = (bucket: ReadableBucket): SourceBucket => ({
  locate: (key) => `s3://${bucket.name}/${key}`,
  page: async ({ prefix, after, limit, signal }) => {
    const objects: ListedObject[] = [];
    const odd: string[] = [];
    const isBefore = (name: string) =>
      after !== null && Buffer.compare(Buffer.from(name), Buffer.from(after)) <= 0;
    const leftOut = (name: string) => {
      if (!isBefore(name)) odd.push(name);
    };
    for await (const { key, size } of bucket.list(prefix, leftOut)) {
      signal.throwIfAborted();
      if (isBefore(key)) continue;
      const info = await bucket.head(key);
      if (info === undefined) continue;
      objects.push({ key, size, etag: info.sha256 });
      if (objects.length >= limit) return { objects, odd, next: key };
    }
    return { objects, odd, next: null };
  },
  read: async (key, { maxBytes }) => {
    const info = await bucket.head(key);
    if (info === undefined) throw new CertusError('item_gone', 'the object is not there any more');
    const bytes = await readItem(bucket, key, { sha256: info.sha256, maxBytes });
    return { bytes, etag: info.sha256, mediaType: info.contentType };
  },
});
