import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { MOST_DELIVERY_BYTES } from '../../contracts/delivery.ts';
import { CertusError } from '../../contracts/errors.ts';
import { letRunOut, takeYourTime } from '../request-deadline.ts';

/** The body of a delivery, whole. It is measured as it is sent, and as it unfolds: a few kilobytes can hold gigabytes. */
export async function receiveDelivery(request: IncomingMessage): Promise<Buffer> {
  takeYourTime(request);
  const timer = setTimeout(() => request.destroy(), PATIENCE_MS);
  try {
    const unfold = unfoldingOf(request);
    return await unfold(await bodyOf(request));
  } finally {
    clearTimeout(timer);
    if (!request.complete) letRunOut(request);
  }
}

/** As long as a slow line takes for the largest one: each that comes in holds a place for as long as it does. */
const PATIENCE_MS = 10 * 60_000;

function unfoldingOf({ headers }: IncomingMessage): (body: Buffer) => Promise<Buffer> {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json')
    throw new CertusError('unsupported_media_type', 'send the bundle as Content-Type: application/json');
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity') return async (body) => body;
  if (encoding === 'gzip') return unzipped;
  throw new CertusError('unsupported_media_type', 'send the bundle as it is, or with Content-Encoding: gzip');
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > MOST_DELIVERY_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // the stream is not ended with the loop: of the request behind it an answer is still expected
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MOST_DELIVERY_BYTES) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (!request.destroyed || request.readableEnded) throw error;
    throw new CertusError('invalid_request', 'the delivery ended early', { cause: error });
  }
  return Buffer.concat(chunks);
}

const unzip = promisify(gunzip) as (
  body: Buffer,
  options: { readonly maxOutputLength: number },
) => Promise<Buffer>;

async function unzipped(body: Buffer): Promise<Buffer> {
  try {
    return await unzip(body, { maxOutputLength: MOST_DELIVERY_BYTES });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    if (code?.startsWith('Z_'))
      throw new CertusError('delivery_invalid', 'it is not what gzip writes', { cause: error });
    throw error;
  }
}

const tooLarge = (): CertusError =>
  new CertusError('payload_too_large', `a delivery has at most ${MOST_DELIVERY_BYTES} bytes`);
