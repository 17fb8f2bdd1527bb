import type { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';

export type GatewayLimits = { readonly timeoutMs?: number; readonly maxBytes?: number };
type Exchange<T extends z.ZodType> = {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly schema: T;
};

/** Asks once. What may mend itself is `authority_unavailable`; a no, and what nobody understands, is `authority_refused`. */
export async function postJson<T extends z.ZodType>(
  address: string,
  { headers, body, schema }: Exchange<T>,
  { timeoutMs = 20_000, maxBytes = 256 * 1024 }: GatewayLimits,
): Promise<z.output<T>> {
  const { status, text } = await ask(
    address,
    {
      method: 'POST',
      headers: { ...headers, Accept: 'application/json', 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      // it would carry the secret to wherever it points
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    },
    maxBytes,
  );
  if (status >= 500 || status === 429 || status === 408) throw unavailable(`it answers ${status}`);
  if (status < 200 || status >= 300) throw refused(`answers ${status}`);
  const parsed = schema.safeParse(jsonOf(text));
  if (!parsed.success) throw refused('answers something that is not of the protocol, or no');
  return parsed.data;
}

async function ask(
  address: string,
  request: RequestInit,
  maxBytes: number,
): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(address, request);
    return { status: response.status, text: await readBounded(response, maxBytes) };
  } catch (error) {
    if (error instanceof CertusError) throw error;
    throw unavailable('it does not answer, or not in time', error);
  }
}

async function readBounded({ body }: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) throw refused(`answers with more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Neither quotes what was sent or answered: passwords and secrets are in both. */
const unavailable = (why: string, cause?: unknown): CertusError =>
  new CertusError('authority_unavailable', `the certificate authority cannot be asked now: ${why}`, {
    cause,
  });
const refused = (why: string): CertusError =>
  new CertusError('authority_refused', `the certificate authority ${why}`);
