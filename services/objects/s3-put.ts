import type { Readable } from 'node:stream';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { checkAnnounced, noLongerThan } from './announced.ts';
import { signedAs } from './s3-digest.ts';
import { type Order, orderOf } from './s3-order.ts';
import { PART, uploadParts } from './s3-parts.ts';
import type { Place } from './s3-place.ts';
import { settle } from './s3-settle.ts';
import { spool } from './s3-spool.ts';
import { MOST_IN_ONE, putStream } from './s3-stream.ts';
import type { BucketOptions, ObjectInfo, PutOptions, PutResult } from './store.ts';

/**
 * Nothing becomes an object before its whole body has been read and is what was announced. A long stream whose size and
 * digest are known goes straight to the server; any other is read to its end first.
 */
export const putObject = async (
  place: Place,
  body: Uint8Array | Readable,
  options: PutOptions,
  lock: BucketOptions['lock'],
): Promise<PutResult> => {
  const { sha256, size, inOne = false } = options;
  if (!(body instanceof Uint8Array) && sha256 !== undefined && size !== undefined && size > PART) {
    const content = { size, sha256 };
    const order = orderOf(place, content, options, lock);
    const send = inOne && size <= MOST_IN_ONE ? putStream : uploadParts;
    return outcomeOf(order, await send(place, body, content, order));
  }
  const spooled = await spool(body instanceof Uint8Array ? body : noLongerThan(place.where, body, size));
  try {
    checkAnnounced(place.where, options, spooled);
    const order = orderOf(place, spooled, options, lock);
    if (spooled.body instanceof Uint8Array)
      return outcomeOf(order, await putWhole(place, spooled.body, spooled, order));
    const stream = spooled.body();
    try {
      return outcomeOf(order, await uploadParts(place, stream, spooled, order));
    } finally {
      stream.destroy();
    }
  } finally {
    await spooled.release();
  }
};

const outcomeOf = ({ info }: Order, standing: ObjectInfo | undefined): PutResult =>
  standing === undefined ? { outcome: 'created', info } : { outcome: 'exists', info: standing };

/** One request, which the server checks against the digest. Answers with what holds the key already. */
const putWhole = (
  place: Place,
  bytes: Uint8Array,
  { sha256 }: { readonly sha256: string },
  order: Order,
): Promise<ObjectInfo | undefined> =>
  settle(place, order, async () => {
    const condition = order.ifAbsent ? { IfNoneMatch: '*' } : {};
    const ChecksumSHA256 = Buffer.from(sha256, 'hex').toString('base64');
    const command = new PutObjectCommand({ ...order.params, ...condition, Body: bytes, ChecksumSHA256 });
    await place.client.send(signedAs(command, sha256));
  });
