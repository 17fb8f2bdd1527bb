import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { CertusError } from '../../contracts/errors.ts';
import { checkBucketName, checkKey, checkPrefix } from './names.ts';
import { checkedOptions } from './put-options.ts';
import { readVerified, reported, verified } from './reading.ts';
import { requireFree } from './retention.ts';
import { isBucketThere, isDenied, isForbidden, isMissing, onS3 } from './s3-errors.ts';
import { removeVersions, requireLock } from './s3-lock.ts';
import type { Place } from './s3-place.ts';
import { presignedUrl } from './s3-presign.ts';
import { presignedPut } from './s3-presign-put.ts';
import { putObject } from './s3-put.ts';
import { getObject, getRange, headObject, listObjects } from './s3-read.ts';
import { sweepUploads } from './s3-sweep.ts';
import { lookingAfter } from './source.ts';
import type { Bucket, BucketOptions, ObjectInfo, ObjectStore, ReadableBucket } from './store.ts';

export type S3Options = {
  readonly endpoint?: string | undefined;
  readonly region: string;
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
  /** Buckets as paths and not as host names; what every server but Amazon's wants, so it comes with an endpoint. */
  readonly forcePathStyle?: boolean | undefined;
};

export const openS3Store = (options: S3Options): ObjectStore => {
  const client = connectS3(options);
  return {
    bucket: async (name, bucketOptions = {}) => {
      checkBucketName(name);
      await onS3(`open the bucket ${name}`, async () => {
        await ensureBucket(client, name, options.region, bucketOptions);
        await sweepUploads(client, name, Date.now());
      });
      return writableBucket(client, name, bucketOptions);
    },
    readable: (name) => readableBucket(client, checkBucketName(name)),
    close: async () => client.destroy(),
  };
};

export const connectS3 = ({
  endpoint,
  region,
  accessKeyId,
  secretAccessKey,
  forcePathStyle,
}: S3Options): S3Client =>
  new S3Client({
    region,
    forcePathStyle: forcePathStyle ?? endpoint !== undefined,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(accessKeyId === undefined || secretAccessKey === undefined
      ? {}
      : { credentials: { accessKeyId, secretAccessKey } }),
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 5_000, socketTimeout: 60_000 },
    // We send and check SHA-256 ourselves; the client's own CRC trailers are what older servers choke on.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Without one it writes to the console where nobody asked for it; errors reach whoever called.
    logger: SILENT,
  });

const silence = () => undefined;
const SILENT = { trace: silence, debug: silence, info: silence, warn: silence, error: silence };

const ensureBucket = async (
  client: S3Client,
  name: string,
  region: string,
  { lock }: BucketOptions,
): Promise<void> => {
  try {
    await client.send(new HeadBucketCommand({ Bucket: name }));
    return;
  } catch (error) {
    if (isForbidden(error)) return requireKnown(client, name);
    if (!isMissing(error)) throw error;
  }
  const constraint =
    region === 'us-east-1'
      ? {}
      : { CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' } };
  try {
    const locked = lock === undefined ? {} : { ObjectLockEnabledForBucket: true };
    await client.send(new CreateBucketCommand({ Bucket: name, ...constraint, ...locked }));
  } catch (error) {
    if (!isBucketThere(error)) throw error;
    // Made by a process that started with us, or owned by a stranger: this tells.
    await client.send(new HeadBucketCommand({ Bucket: name }));
  }
};

/**
 * Who only writes may not even look, and a HEAD does not tell them from who is a stranger here: the answer to a listing has
 * a body that does. What may be done with the bucket shows when something is.
 */
const requireKnown = async (client: S3Client, name: string): Promise<void> => {
  try {
    await client.send(new ListObjectsV2Command({ Bucket: name, MaxKeys: 1 }));
  } catch (error) {
    if (!isDenied(error)) throw error;
  }
};

const readableBucket = (client: S3Client, name: string): ReadableBucket => {
  const locate = (key: string) => place(key).where;
  const place = (key: string) => placeOf(client, name, checkKey(key));
  const openObject = async (key: string) => {
    const object = await getObject(place(key));
    return { info: object.info, body: verified(object) };
  };
  return {
    name,
    locate,
    head: async (key) => (await headObject(place(key)))?.info,
    open: openObject,
    openRange: async (key, range) => {
      const object = await getRange(place(key), range);
      return { info: object.info, body: reported(object) };
    },
    presign: async (key, options) => presignedUrl(place(key), options),
    read: async (key, limit) => readVerified(await getObject(place(key)), limit),
    list: async function* (prefix, leftOut) {
      yield* listObjects(client, name, checkPrefix(prefix), leftOut);
    },
  };
};

/** Who may only write cannot look; that something is to be absent the server holds to by itself. */
const standingIn = async (bucket: ReadableBucket, key: string): Promise<ObjectInfo | undefined> => {
  try {
    return await bucket.head(key);
  } catch (error) {
    if (error instanceof CertusError && isForbidden(error.cause)) return undefined;
    throw error;
  }
};

const placeOf = (client: S3Client, bucket: string, key: string): Place => ({
  client,
  bucket,
  key,
  where: `s3://${bucket}/${key}`,
});

const writableBucket = (client: S3Client, name: string, options: BucketOptions): Bucket => {
  const reading = readableBucket(client, name);
  const place = (key: string) => placeOf(client, name, checkKey(key));
  let mayLock: Promise<void> | undefined;
  const lockable = () => {
    // Only a yes is remembered: somebody may be about to put it right.
    mayLock ??= requireLock(client, name).catch((error: unknown) => {
      mayLock = undefined;
      throw error;
    });
    return mayLock;
  };
  return {
    ...reading,
    put: (key, body, wanted) =>
      lookingAfter(body, async () => {
        const target = place(key);
        const checked = checkedOptions(wanted, options);
        if (checked.retainUntil !== undefined) await lockable();
        // What is in memory is sent at once, and the server says whether the key is free; a stream is not sent for nothing.
        const look = !checked.ifAbsent || !(body instanceof Uint8Array);
        const standing = look ? await standingIn(reading, key) : undefined;
        if (standing !== undefined && checked.ifAbsent) return { outcome: 'exists', info: standing };
        // A bucket with a lock would take it as a new version, and the retained one would be there and not be seen.
        requireFree(target.where, standing);
        const result = await putObject(target, body, checked, options.lock);
        return result.outcome === 'created' && standing !== undefined
          ? { ...result, outcome: 'replaced' }
          : result;
      }),
    remove: async (key) => {
      const target = place(key);
      if (options.lock !== undefined) {
        requireFree(target.where, await reading.head(key));
        return removeVersions(target);
      }
      const command = new DeleteObjectCommand({ Bucket: name, Key: key });
      await onS3(`remove ${target.where}`, () => client.send(command));
    },
    presignPut: async (key, wanted) => presignedPut(place(key), wanted),
  };
};
