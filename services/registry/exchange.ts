import { isIP } from 'node:net';
import { type Dispatcher, request } from 'undici';
import { CertusError } from '../../contracts/errors.ts';
import { TryAgain } from './retry.ts';

export type Outgoing = {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** The most bytes that are read of the answer. */
  readonly limit: number;
  /** Refusals that are an answer to the caller rather than a failure. */
  readonly expected?: readonly number[];
  /** Where a good answer goes piece by piece, instead of into memory; asked for anew with every attempt. */
  readonly into?: () => Promise<Sink>;
};

export type Sink = (chunk: Uint8Array) => Promise<void>;

export type Answer = {
  readonly status: number;
  readonly url: URL;
  readonly header: (name: string) => string | undefined;
  readonly bytes: Uint8Array;
};

/** One request and its whole answer, within bounds of time and size; follows nothing and decodes nothing. */
export const exchange = async (dispatcher: Dispatcher, url: URL, outgoing: Outgoing): Promise<Answer> => {
  const { method, headers = {}, body, limit, into } = outgoing;
  const signal = AbortSignal.timeout(patienceFor(Math.max(limit, body?.length ?? 0)));
  const where = `${method} ${url.origin}${url.pathname}`;
  try {
    const answer = await request(url, {
      dispatcher,
      method,
      headers: { ...AGENT, ...headers },
      body: body ?? null,
      signal,
    });
    const header = (name: string) => [answer.headers[name.toLowerCase()]].flat().join(', ') || undefined;
    const isGood = answer.statusCode >= 200 && answer.statusCode < 300;
    const sink = isGood ? await into?.() : undefined;
    const bytes = isGood ? await readBounded(answer.body, limit, where, sink) : await readExcuse(answer.body);
    return { status: answer.statusCode, url, header, bytes };
  } catch (error) {
    if (error instanceof CertusError) throw error;
    // A request that got no answer: refused, reset, timed out or not HTTP at all.
    throw new TryAgain(`No answer from the registry: ${where}: ${reasonOf(error)}`, { cause: error });
  }
};

/** Plain HTTP cannot be listened to on the way to ourselves. */
export const isLoopback = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));

const AGENT = { 'user-agent': 'certus' };
const patienceFor = (bytes: number) =>
  Math.min(30_000 + Math.ceil(bytes / SLOWEST) * 1000, 24 * 60 * 60 * 1000);

/** Bytes a second below which a transfer counts as stuck. */
const SLOWEST = 512 * 1024;

/** Leaving a loop over it destroys it. */
type Body = AsyncIterable<Uint8Array>;

const readBounded = async (body: Body, limit: number, where: string, sink: Sink | undefined) => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) {
      throw new CertusError('object_too_large', `The answer to ${where} is larger than ${limit} bytes`);
    }
    if (sink === undefined) chunks.push(chunk);
    else await sink(chunk);
  }
  return Buffer.concat(chunks);
};

/** Why not, as far as it is worth reading; the rest is left on the wire. */
const readExcuse = async (body: Body): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_EXCUSE) break;
  }
  return Buffer.concat(chunks, size);
};

const MAX_EXCUSE = 64 * 1024;

const reasonOf = (error: unknown): string => {
  if (typeof error !== 'object' || error === null) return String(error);
  const { message, code } = error as { message?: unknown; code?: unknown };
  return [code, message].filter((part) => typeof part === 'string' && part !== '').join(': ');
};
