import { randomUUID } from 'node:crypto';
import type { PutObjectCommandInput } from '@aws-sdk/client-s3';
import { DIGEST, WRITER } from './s3-metadata.ts';
import type { Place } from './s3-place.ts';
import type { BucketOptions, ObjectInfo, PutOptions } from './store.ts';

/** What an object is to be, whichever way it is sent. */
export type Order = {
  readonly info: ObjectInfo;
  readonly writer: string;
  readonly params: Omit<PutObjectCommandInput, 'Body' | 'IfNoneMatch' | 'ContentLength'>;
  readonly ifAbsent: boolean;
};

export const orderOf = (
  { bucket, key }: Place,
  { size, sha256 }: { readonly size: number; readonly sha256: string },
  { contentType, metadata = {}, tags, retainUntil, ifAbsent = false }: PutOptions,
  lock: BucketOptions['lock'],
): Order => {
  const writer = randomUUID();
  const params = {
    Bucket: bucket,
    Key: key,
    ContentType: contentType,
    Metadata: { ...metadata, [DIGEST]: sha256, [WRITER]: writer },
    ...(tags === undefined ? {} : { Tagging: inAddress(tags) }),
    ...(retainUntil === undefined
      ? {}
      : {
          ObjectLockMode: lock === 'compliance' ? ('COMPLIANCE' as const) : ('GOVERNANCE' as const),
          ObjectLockRetainUntilDate: retainUntil,
        }),
  };
  const kept = retainUntil === undefined ? {} : { retainUntil };
  return { info: { key, size, sha256, contentType, metadata, ...kept }, writer, params, ifAbsent };
};

const inAddress = (tags: Readonly<Record<string, string>>): string =>
  Object.entries(tags)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
