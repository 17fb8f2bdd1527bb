import { Agent, request } from 'undici';
import { DeliveryReceipt } from '../../contracts/delivery.ts';
import { jsonOf } from '../../contracts/json-of.ts';
import { Problem } from '../../contracts/problem.ts';
import type { Identity } from './identity.ts';

export type Answered =
  | { readonly kind: 'receipt'; readonly receipt: DeliveryReceipt }
  /** The platform knows of no such delivery. */
  | { readonly kind: 'unknown' }
  /** Nobody answers, or somebody who will do better later. */
  | { readonly kind: 'away'; readonly code: string; readonly afterMs?: number }
  /** This agent gets nothing through, whatever it sends. */
  | { readonly kind: 'barred'; readonly code: string }
  /** This delivery is not taken. */
  | { readonly kind: 'refused'; readonly code: string };

/** The line to the platform: nobody else is asked, and nobody else is believed. */
export interface Link {
  post(bundle: Uint8Array, id: string, signal: AbortSignal): Promise<Answered>;
  ask(id: string, signal: AbortSignal): Promise<Answered>;
  close(): Promise<void>;
}

export function openLink(url: string, { ca, certificatePem, keyPem }: Identity): Link {
  const dispatcher = new Agent({
    connect: { ca, cert: certificatePem, key: keyPem, minVersion: 'TLSv1.2', timeout: 15_000 },
    pipelining: 1,
    headersTimeout: ANSWER_MS,
    bodyTimeout: ANSWER_MS,
  });
  const exchange = async (path: string, sent: Uint8Array | undefined, signal: AbortSignal): Promise<Raw> => {
    const answer = await request(`${url}${path}`, {
      dispatcher,
      method: sent === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/json',
        'accept-encoding': 'identity',
        'user-agent': 'certus-agent',
        ...(sent === undefined ? {} : { 'content-type': 'application/json', 'content-encoding': 'gzip' }),
      },
      body: sent ?? null,
      signal: AbortSignal.any([signal, AbortSignal.timeout(EXCHANGE_MS)]),
    });
    const after = [answer.headers['retry-after'] ?? []].flat()[0];
    return { status: answer.statusCode, after, bytes: await bounded(answer.body) };
  };
  const answered = async (
    id: string,
    sent: Uint8Array | undefined,
    signal: AbortSignal,
  ): Promise<Answered> => {
    const path = sent === undefined ? `/v1/deliveries/${id}` : '/v1/deliveries';
    let raw: Raw;
    try {
      raw = await exchange(path, sent, signal);
    } catch (error) {
      return { kind: 'away', code: reasonOf(error) };
    }
    return answerMeans(raw, id, sent !== undefined);
  };
  return {
    post: (bundle, id, signal) => answered(id, bundle, signal),
    ask: (id, signal) => answered(id, undefined, signal),
    close: () => dispatcher.destroy(),
  };
}

export type Raw = { readonly status: number; readonly after: string | undefined; readonly bytes: Buffer };

const ANSWER_MS = 120_000;
const EXCHANGE_MS = 600_000;
const MAX_ANSWER = 256 * 1024;

export function answerMeans({ status, after, bytes }: Raw, id: string, isPost: boolean): Answered {
  if (status >= 200 && status < 300) {
    const receipt = DeliveryReceipt.safeParse(jsonOf(bytes)).data;
    // of another delivery, or of something that is no platform: whoever answers so has not taken it
    return receipt?.delivery === id
      ? { kind: 'receipt', receipt }
      : { kind: 'away', code: 'answer_untrusted' };
  }
  const code = Problem.pick({ code: true }).safeParse(jsonOf(bytes)).data?.code ?? `http_${status}`;
  const shown = /^[a-z0-9_]{1,60}$/.test(code) ? code : `http_${status}`;
  if (status === 404 && !isPost) return { kind: 'unknown' };
  if (BARRED.has(status) || (status >= 300 && status < 400)) return { kind: 'barred', code: shown };
  if (status >= 500 || LATER.has(status)) {
    const afterMs = waitIn(after);
    return { kind: 'away', code: shown, ...(afterMs === undefined ? {} : { afterMs }) };
  }
  return { kind: 'refused', code: shown };
}

/** Who we are, or where we ask, is wrong: the next delivery would fare no better. */
const BARRED: ReadonlySet<number> = new Set([401, 403, 404, 405, 407, 426]);
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);

function waitIn(after: string | undefined): number | undefined {
  const seconds = Number(after);
  return after !== undefined && Number.isFinite(seconds) && seconds >= 0
    ? Math.min(seconds * 1000, MOST_WAIT_MS)
    : undefined;
}

const MOST_WAIT_MS = 600_000;

async function bounded(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_ANSWER) throw new RangeError('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** The code alone: a message may quote what was sent. */
function reasonOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  const known = typeof code === 'string' ? code : String(name);
  return /^[A-Za-z0-9_]{1,60}$/.test(known) ? known.toLowerCase() : 'unreachable';
}
