import { isIPv6, type LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import type { CheckedUrl } from './check-url.ts';
import { FetchError } from './fetch-error.ts';

export type Outgoing = {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** The most bytes that are read of the answer; none when not given, or when the answer is no success. */
  readonly maxBytes?: number;
  /** Whether these bytes are worth reading, by what the answer's head says of them. */
  readonly wanted?: (header: (name: string) => string | undefined) => boolean;
};

export type Answer = {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  /** Of a header that may be there several times. */
  readonly headers: (name: string) => readonly string[];
  readonly bytes: Uint8Array;
};

/** One request to the very machine that was checked, and its answer; follows and decodes nothing. */
export async function exchange(
  { url, addresses }: CheckedUrl,
  { method, headers, body, maxBytes, wanted = () => true }: Outgoing,
  signal: AbortSignal,
): Promise<Answer> {
  const dispatcher = new Agent({ connect: { lookup: pinned(addresses), timeout: 10_000 }, pipelining: 0 });
  try {
    const answer = await request(url, {
      dispatcher,
      method,
      headers: { 'user-agent': 'certus', 'accept-encoding': 'identity', ...headers },
      body: body ?? null,
      signal,
    });
    const all = (name: string) => [answer.headers[name] ?? []].flat();
    const header = (name: string) => all(name)[0];
    const success = answer.statusCode >= 200 && answer.statusCode < 300;
    const isRead = success && maxBytes !== undefined && wanted(header);
    const bytes = isRead ? await readBounded(answer.body, maxBytes, url.host) : new Uint8Array();
    if (!isRead) await answer.body.dump({ limit: 0 });
    return { status: answer.statusCode, header, headers: all, bytes };
  } catch (error) {
    if (error instanceof FetchError || signal.aborted) throw error;
    throw new FetchError('unreachable', `${url.host} does not answer: ${reasonOf(error)}`, error);
  } finally {
    await dispatcher.destroy();
  }
}

/** Whatever name is asked for, the answer is what was checked. */
const pinned =
  (addresses: readonly string[]): LookupFunction =>
  (_name, { all }, answer) => {
    const found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
    if (all === true) answer(null, found);
    else answer(null, found[0]?.address ?? '', found[0]?.family ?? 4);
  };

async function readBounded(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
  host: string,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes)
      throw new FetchError('too_large', `${host} answers with more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** The code alone: a message may quote the address. */
const reasonOf = (error: unknown): string => {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : 'no HTTP answer';
};
