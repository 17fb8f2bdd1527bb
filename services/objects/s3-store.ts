import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { CertusError } from '../../contracts/errors.ts';
import { checkBucketName, checkKey, checkPrefix } from './names.ts';
import { checkPutOptions } from './put-options.ts';
import { readWhole, reported, verified } from './reading.ts';
import { isBucketThere, isDenied, isForbidden, isMissing, onS3 } from './s3-errors.ts';
import { presignedUrl } from './s3-presign.ts';
import { putObject } from './s3-put.ts';
import { getObject, getRange, headObject, listObjects } from './s3-read.ts';
import { lookingAfter } from './source.ts';
import type { Bucket, ObjectInfo, ObjectStore, ReadableBucket } from './store.ts';

export type S3Options = {
  readonly endpoint?: string | undefined;
  readonly region: string;
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
  /** Buckets as paths and not as host names; what every server but Amazon's wants, so it comes with an endpoint. */
  readonly forcePathStyle?: boolean | undefined;
};

export const openS3Store = (options: S3Options): ObjectStore => {
  const client = connect(options);
  return {
    bucket: async (name) => {
      checkBucketName(name);
      await onS3(`open the bucket ${name}`, () => ensureBucket(client, name, options.region));
      return writableBucket(client, name);
    },
    readable: (name) => readableBucket(client, checkBucketName(name)),
    close: async () => client.destroy(),
  };
};

const connect = ({ endpoint, region, accessKeyId, secretAccessKey, forcePathStyle }: S3Options): S3Client =>
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
  });

const ensureBucket = async (client: S3Client, name: string, region: string): Promise<void> => {
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
    await client.send(new CreateBucketCommand({ Bucket: name, ...constraint }));
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
  const locate = (key: string) => `s3://${name}/${checkKey(key)}`;
  const openObject = async (key: string) => {
    const object = await getObject(client, name, key, locate(key));
    return { info: object.info, body: verified(object) };
  };
  return {
    name,
    locate,
    head: async (key) => (await headObject(client, name, key, locate(key)))?.info,
    open: openObject,
    openRange: async (key, range) => {
      const object = await getRange(client, name, key, locate(key), range);
      return { info: object.info, body: reported(object) };
    },
    presign: async (key, options) => presignedUrl(client, name, checkKey(key), options),
    read: async (key, limit) => readWhole(await openObject(key), limit),
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

const writableBucket = (client: S3Client, name: string): Bucket => {
  const reading = readableBucket(client, name);
  return {
    ...reading,
    put: (key, body, options) =>
      lookingAfter(body, async () => {
        const where = reading.locate(key);
        checkPutOptions(options);
        const standing = await standingIn(reading, key);
        if (standing !== undefined && options.ifAbsent) return { outcome: 'exists', info: standing };
        const result = await putObject(client, name, key, where, body, options);
        return result.outcome === 'created' && standing !== undefined
          ? { ...result, outcome: 'replaced' }
          : result;
      }),
    remove: async (key) => {
      const where = reading.locate(key);
      await onS3(`remove ${where}`, () => client.send(new DeleteObjectCommand({ Bucket: name, Key: key })));
    },
  };
};
