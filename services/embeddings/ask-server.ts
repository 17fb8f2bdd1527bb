import { readFile } from 'node:fs/promises';
import { ZodError } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { tries } from '../search/patience.ts';

export type Ask<T> = {
  readonly body: string;
  readonly maxBytes: number;
  readonly read: (answer: unknown) => T;
};

type Server = {
  readonly url: string;
  readonly keyFile?: string | undefined;
  readonly patience?: number;
  readonly signal: AbortSignal;
};

const PATIENCE_MS = 60_000;
/** A model on a slow processor, asked for a whole batch. */
const ANSWER_MS = 60_000;

/** Asks until there is an answer: a server that is overrun or starting is given time. */
export async function askServer<T>(ask: Ask<T>, server: Server): Promise<T> {
  let reason = '';
  for await (const _ of tries(server.patience ?? PATIENCE_MS, server.signal)) {
    server.signal.throwIfAborted();
    const answer = await once(ask, server);
    if (!('later' in answer)) return read(ask, answer.bytes);
    reason = answer.later;
  }
  throw new CertusError('dependency_unavailable', `The embedding server ${reason}.`);
}

type Answer = { readonly bytes: Uint8Array } | { readonly later: string };

async function once(
  { body, maxBytes }: Pick<Ask<unknown>, 'body' | 'maxBytes'>,
  { url, keyFile, signal }: Server,
): Promise<Answer> {
  const tooLong = AbortSignal.timeout(ANSWER_MS);
  try {
    const response = await fetch(url, {
      method: 'POST',
      // a redirect would carry the key, and what the texts say, to wherever it points
      redirect: 'error',
      headers: { 'content-type': 'application/json', ...(await authorization(keyFile)) },
      body,
      signal: AbortSignal.any([signal, tooLong]),
    });
    if (response.ok) return { bytes: await readBounded(response, maxBytes) };
    await response.body?.cancel();
    return notNow(response.status);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof CertusError) throw error;
    return { later: tooLong.aborted ? 'does not answer in time' : 'cannot be reached' };
  }
}

/** What it says besides is not passed on: it may quote what it was sent. */
function notNow(status: number): Answer {
  if (status === 408 || status === 429 || status >= 500) return { later: `cannot serve us now (${status})` };
  throw new CertusError('embedding_failed', `The embedding server refuses what it is asked (${status}).`);
}

/** Read anew each time: whoever replaces the key need not start us again. */
async function authorization(keyFile: string | undefined): Promise<Record<string, string>> {
  if (keyFile === undefined) return {};
  const key = (await readKey(keyFile)).trim();
  if (!/^[\x21-\x7e]{1,4096}$/.test(key))
    throw new CertusError(
      'embedding_failed',
      'CERTUS_EMBEDDINGS_KEY_FILE holds nothing that could be a key.',
    );
  return { authorization: `Bearer ${key}` };
}

async function readKey(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new CertusError('embedding_failed', 'CERTUS_EMBEDDINGS_KEY_FILE cannot be read.', { cause });
  }
}

async function readBounded(response: Response, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > maxBytes)
      throw new CertusError('embedding_failed', 'The embedding server answers with more than vectors.');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function read<T>(ask: Ask<T>, bytes: Uint8Array): T {
  try {
    return ask.read(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof ZodError)) throw error;
    throw new CertusError('embedding_failed', 'The embedding server answers in a form of no use.', {
      cause: error,
    });
  }
}
