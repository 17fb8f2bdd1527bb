import { setTimeout as sleep } from 'node:timers/promises';
import { type Dispatcher, request } from 'undici';
import { CertusError } from '../../contracts/errors.ts';

export type Asking = {
  readonly dispatcher: Dispatcher;
  readonly maxBytes: number;
  readonly body?: unknown;
  /** How long to wait before another try; a test need not. */
  readonly wait?: (milliseconds: number) => Promise<unknown>;
};

/** One question and its answer in JSON, within bounds, with a few tries. It follows no redirect. */
export async function exchangeJson(url: URL, asking: Asking): Promise<unknown> {
  const wait = asking.wait ?? sleep;
  for (let tried = 1; ; tried += 1) {
    const answer = await ask(url, asking);
    if (answer.isFinal) return answer.value;
    if (tried === ATTEMPTS) throw unavailable(url, answer.reason);
    await wait(Math.min(answer.retryAfter ?? 500 * 2 ** tried, LONGEST_WAIT));
  }
}

const ATTEMPTS = 4;
const LONGEST_WAIT = 30_000;
const PATIENCE = 60_000;

type Tried =
  | { readonly isFinal: true; readonly value: unknown }
  | { readonly isFinal: false; readonly reason: string; readonly retryAfter?: number };

async function ask(url: URL, { dispatcher, maxBytes, body }: Asking): Promise<Tried> {
  try {
    const answer = await request(url, {
      dispatcher,
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'user-agent': 'certus',
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.statusCode === 200)
      return { isFinal: true, value: await readJson(url, answer.body, maxBytes) };
    await answer.body.dump();
    const reason = `it answers ${answer.statusCode}`;
    if (answer.statusCode !== 429 && answer.statusCode < 500) throw unavailable(url, reason);
    const seconds = Number(answer.headers['retry-after']);
    return { isFinal: false, reason, ...(seconds >= 0 ? { retryAfter: seconds * 1000 } : {}) };
  } catch (error) {
    if (error instanceof CertusError) throw error;
    return { isFinal: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

async function readJson(url: URL, body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw unavailable(url, 'its answer is larger than any should be');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (cause) {
    throw unavailable(url, 'its answer is not JSON', cause);
  }
}

export const unavailable = (url: URL, reason: string, cause?: unknown): CertusError =>
  new CertusError('tool_not_available', `the advisory service ${url.host} cannot be asked: ${reason}`, {
    cause,
  });
