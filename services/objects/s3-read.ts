import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { CertusError } from '../../contracts/errors.ts';
import { keyFault } from './names.ts';
import { checkRange, notFound } from './reading.ts';
import { stillRetained } from './retention.ts';
import { isMissing, onS3 } from './s3-errors.ts';
import { DIGEST, OWN_METADATA, WRITER } from './s3-metadata.ts';
import type { Place } from './s3-place.ts';
import type { ByteRange, ObjectEntry, ObjectInfo } from './store.ts';

type Found = {
  readonly info: ObjectInfo;
  readonly writer: string | undefined;
  readonly etag: string | undefined;
};

export const headObject = async (place: Place): Promise<Found | undefined> => {
  const { client, bucket, key, where } = place;
  const answer = await onS3(`read ${where}`, async () => {
    try {
      return await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  });
  if (answer === undefined) return undefined;
  const sha256 = recordedDigest(answer) ?? (await takeDigest(place, answer.ETag));
  return { info: describe(key, answer, sha256), writer: answer.Metadata?.[WRITER], etag: answer.ETag };
};

export const getObject = async (place: Place): Promise<{ info: ObjectInfo; body: Readable }> => {
  const { answer, body } = await get(place);
  const recorded = recordedDigest(answer);
  if (recorded !== undefined) return { info: describe(place.key, answer, recorded), body };
  body.destroy();
  const sha256 = await takeDigest(place, answer.ETag);
  const again = await get(place, { etag: answer.ETag });
  return { info: describe(place.key, again.answer, sha256), body: again.body };
};

/** The head comes first: what it says is what the range is cut from, or the store refuses. */
export const getRange = async (
  place: Place,
  range: ByteRange,
): Promise<{ info: ObjectInfo; body: Readable }> => {
  const found = await headObject(place);
  if (found === undefined) throw notFound(place.where);
  checkRange(found.info, range);
  const { body } = await get(place, { etag: found.etag, range });
  return { info: found.info, body };
};

/** Keys in the byte order S3 promises; what others put there under a name that is no key of ours is left out. */
export async function* listObjects(
  client: S3Client,
  bucket: string,
  prefix: string,
  leftOut?: (name: string) => void,
): AsyncGenerator<ObjectEntry> {
  const pages = paginateListObjectsV2({ client, pageSize: 1000 }, { Bucket: bucket, Prefix: prefix });
  for (;;) {
    const page = await onS3(`list s3://${bucket}/${prefix}`, async () => {
      try {
        return await pages.next();
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    });
    if (page === undefined || page.done) return;
    for (const { Key: key, Size: size } of page.value.Contents ?? []) {
      if (key === undefined || size === undefined) continue;
      if (keyFault(key) === undefined) yield { key, size };
      // an empty object whose name ends in "/" is how some tools write a folder
      else if (size > 0 || !key.endsWith('/')) leftOut?.(key);
    }
  }
}

type Which = { readonly etag?: string | undefined; readonly range?: ByteRange };

const get = ({ client, bucket, key, where }: Place, { etag, range }: Which = {}) =>
  onS3(`read ${where}`, async () => {
    try {
      const which = {
        ...(etag === undefined ? {} : { IfMatch: etag }),
        ...(range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` }),
      };
      const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...which }));
      if (!(answer.Body instanceof Readable)) throw new TypeError('the S3 client answered without a stream');
      return { answer, body: answer.Body };
    } catch (error) {
      if (isMissing(error)) throw notFound(where);
      throw error;
    }
  });

const describe = (
  key: string,
  answer: Pick<
    HeadObjectCommandOutput,
    'ContentLength' | 'ContentType' | 'Metadata' | 'ObjectLockRetainUntilDate'
  >,
  sha256: string,
): ObjectInfo => {
  if (answer.ContentLength === undefined)
    throw new CertusError('dependency_unavailable', `S3 does not tell the size of ${key}`);
  const metadata = Object.entries(answer.Metadata ?? {}).filter(([name]) => !name.startsWith(OWN_METADATA));
  return {
    key,
    size: answer.ContentLength,
    sha256,
    contentType: answer.ContentType ?? 'application/octet-stream',
    metadata: Object.fromEntries(metadata),
    ...stillRetained(answer.ObjectLockRetainUntilDate),
  };
};

const recordedDigest = ({ Metadata }: Pick<HeadObjectCommandOutput, 'Metadata'>): string | undefined => {
  const digest = Metadata?.[DIGEST];
  return digest !== undefined && /^[0-9a-f]{64}$/.test(digest) ? digest : undefined;
};

/** An object that another tool stored has no recorded digest, so it is read once to take it. */
const takeDigest = async (place: Place, etag: string | undefined) => {
  const { body } = await get(place, { etag });
  return onS3(`read ${place.where}`, async () => {
    const hash = createHash('sha256');
    for await (const chunk of body) hash.update(chunk);
    return hash.digest('hex');
  });
};
