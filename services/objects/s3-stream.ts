import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { checkAnnounced, noLongerThan } from './announced.ts';
import { signedAs } from './s3-digest.ts';
import type { Order } from './s3-order.ts';
import type { Place } from './s3-place.ts';
import { headObject } from './s3-read.ts';
import { settle } from './s3-settle.ts';
import type { ObjectInfo } from './store.ts';

/** More than this no server takes in one request. */
export const MOST_IN_ONE = 5 * 1024 ** 3;

type Content = { readonly size: number; readonly sha256: string };

/**
 * Sends a stream in one request as it comes: its bytes are hashed once here and put together nowhere. The server holds it to
 * its digest, and is not given the end of one that is another. Answers with what holds the key already, or `undefined`.
 */
export const putStream = async (
  place: Place,
  body: Readable,
  content: Content,
  order: Order,
): Promise<ObjectInfo | undefined> => {
  const { where, client } = place;
  const stop = new AbortController();
  let failure: { readonly error: unknown } | undefined;
  const held = Readable.from(asAnnounced(where, body, content), { objectMode: false });
  // Without a word the server would wait for the rest of what will never come.
  held.once('error', (error) => {
    failure ??= { error };
    stop.abort();
  });
  let refusal: unknown;
  const send = async () => {
    // A stream is sent only once: whoever was first is looked for again.
    if (refusal !== undefined) throw refusal;
    const condition = order.ifAbsent ? { IfNoneMatch: '*' } : {};
    const ChecksumSHA256 = Buffer.from(content.sha256, 'hex').toString('base64');
    const sized = { Body: held, ContentLength: content.size, ChecksumSHA256 };
    const command = new PutObjectCommand({ ...order.params, ...condition, ...sized });
    try {
      await client.send(signedAs(command, content.sha256), { abortSignal: stop.signal });
    } catch (error) {
      refusal = error;
      throw error;
    }
  };
  try {
    return await settle(place, order, send);
  } catch (error) {
    if (failure !== undefined) throw failure.error;
    // It may have been done, or refused, and only the answer got lost.
    const standing = await headObject(place).catch(() => undefined);
    if (standing?.writer === order.writer) return undefined;
    if (standing !== undefined && order.ifAbsent) return standing.info;
    throw error;
  } finally {
    held.destroy();
  }
};

/** The last piece is handed on when all of it was what was announced. */
async function* asAnnounced(where: string, body: Readable, content: Content): AsyncGenerator<Uint8Array> {
  const whole = createHash('sha256');
  let size = 0;
  let last: Uint8Array | undefined;
  for await (const bytes of noLongerThan(where, body, content.size)) {
    whole.update(bytes);
    size += bytes.length;
    if (last !== undefined) yield last;
    last = bytes;
  }
  checkAnnounced(where, content, { size, sha256: whole.digest('hex') });
  if (last !== undefined) yield last;
}
