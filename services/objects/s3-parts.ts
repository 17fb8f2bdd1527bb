import { createHash, hash } from 'node:crypto';
import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { CertusError } from '../../contracts/errors.ts';
import { checkAnnounced, noLongerThan } from './announced.ts';
import { signedAs } from './s3-digest.ts';
import { isTaken, onS3 } from './s3-errors.ts';
import type { Order } from './s3-order.ts';
import { inParts } from './s3-part-cutter.ts';
import type { Place } from './s3-place.ts';
import { headObject } from './s3-read.ts';
import { settle } from './s3-settle.ts';
import type { ObjectInfo } from './store.ts';

/** Up to this size an object is sent in one request; above it in parts of this size. */
export const PART = 8 * 1024 * 1024;
const MAX_PARTS = 10_000;
/** One more is being cut meanwhile. */
const ON_THEIR_WAY = 2;

type Content = { readonly size: number; readonly sha256: string };

/**
 * Sends a stream in parts as it comes, and lets them be an object only when all of it was what was announced. Whatever
 * fails, no parts are left behind. Answers with what holds the key already, or `undefined`.
 */
export const uploadParts = async (
  place: Place,
  body: Readable,
  content: Content,
  order: Order,
): Promise<ObjectInfo | undefined> => {
  const uploadId = await begin(place, order);
  let standing: ObjectInfo | undefined;
  try {
    const parts = await sendAll(place, uploadId, body, content);
    standing = await settle(place, order, () => complete(place, uploadId, parts, order));
  } catch (error) {
    await abandon(place, uploadId);
    throw error;
  }
  if (standing !== undefined) await abandon(place, uploadId);
  return standing;
};

const begin = ({ client, where }: Place, { params }: Order): Promise<string> =>
  onS3(`write ${where}`, async () => {
    const command = new CreateMultipartUploadCommand({ ...params, ChecksumAlgorithm: 'SHA256' });
    const { UploadId } = await client.send(command);
    if (UploadId === undefined)
      throw new CertusError('dependency_unavailable', `S3 gives no upload for ${where}`);
    return UploadId;
  });

/** In memory at a time: the parts on their way and the one being cut, and whatever the source reads ahead. */
const sendAll = async (
  place: Place,
  uploadId: string,
  body: Readable,
  content: Content,
): Promise<CompletedPart[]> => {
  const partSize = Math.max(PART, Math.ceil(content.size / MAX_PARTS));
  const whole = createHash('sha256');
  const sent: CompletedPart[] = [];
  const onTheirWay = new Set<Promise<void>>();
  // Used again once the server has it: the memory would otherwise grow until somebody collects it.
  const free: Uint8Array[] = [];
  const take = () => free.pop() ?? Buffer.allocUnsafeSlow(partSize);
  const stop = new AbortController();
  let failure: { readonly error: unknown } | undefined;
  let size = 0;
  try {
    const source = noLongerThan(place.where, body, content.size);
    for await (const bytes of inParts(source, partSize, take)) {
      whole.update(bytes);
      size += bytes.length;
      if (onTheirWay.size === ON_THEIR_WAY) await Promise.race(onTheirWay);
      if (failure !== undefined) break;
      const number = sent.push({});
      const sending = sendPart(place, uploadId, number, bytes, stop.signal).then(
        (part) => {
          sent[number - 1] = part;
          if (bytes.length === partSize) free.push(bytes);
        },
        (error: unknown) => {
          failure ??= { error };
          // Nobody waits for the rest of a source that may never end.
          body.destroy();
        },
      );
      onTheirWay.add(sending);
      sending.finally(() => onTheirWay.delete(sending));
    }
    await Promise.all(onTheirWay);
  } catch (error) {
    failure ??= { error };
  }
  if (failure !== undefined) {
    stop.abort();
    // A part that arrives after the upload was abandoned would stay.
    await Promise.all(onTheirWay);
    throw failure.error;
  }
  checkAnnounced(place.where, content, { size, sha256: whole.digest('hex') });
  return sent;
};

/** The server holds the part to its digest. */
const sendPart = (
  { client, bucket, key, where }: Place,
  uploadId: string,
  number: number,
  bytes: Uint8Array,
  abortSignal: AbortSignal,
): Promise<CompletedPart> =>
  onS3(`write ${where}`, async () => {
    const sha256 = hash('sha256', bytes);
    const ChecksumSHA256 = Buffer.from(sha256, 'hex').toString('base64');
    const which = { Bucket: bucket, Key: key, UploadId: uploadId, PartNumber: number };
    const command = new UploadPartCommand({ ...which, Body: bytes, ChecksumSHA256 });
    const { ETag } = await client.send(signedAs(command, sha256), { abortSignal });
    return { ETag, PartNumber: number, ChecksumSHA256 };
  });

const complete = async (
  place: Place,
  uploadId: string,
  parts: CompletedPart[],
  { ifAbsent, writer }: Order,
): Promise<void> => {
  const { client, bucket, key } = place;
  try {
    await client.send(
      new CompleteMultipartUploadCommand({
        Bucket: bucket,
        Key: key,
        UploadId: uploadId,
        MultipartUpload: { Parts: parts },
        ...(ifAbsent ? { IfNoneMatch: '*' } : {}),
      }),
    );
  } catch (error) {
    if (ifAbsent && isTaken(error)) throw error;
    // It may have been done, and only its answers got lost: a server that has done it knows no such upload any more.
    const standing = await headObject(place).catch(() => undefined);
    if (standing?.writer !== writer) throw error;
  }
};

/** The first error is the one to tell. What cannot be taken back now is taken back when it is old. */
const abandon = async ({ client, bucket, key }: Place, uploadId: string): Promise<void> => {
  const command = new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId });
  await client.send(command).catch(() => undefined);
};
