import { z } from 'zod';
import { CertusError } from '../../../contracts/errors.ts';
import type { KeyEncryption } from '../key-encryption.ts';
import { readSecretFile } from '../secret-file.ts';

type Vault = { readonly address: string; readonly tokenFile: string; readonly path: string };

/** A key of HashiCorp Vault's transit engine, which never leaves it. Its versions Vault tells apart by itself. */
export function openVaultEncryption({ address, tokenFile, path }: Vault): KeyEncryption {
  const { mount, key } = parsePath(path);
  const ask = async <T extends z.ZodType>(operation: 'encrypt' | 'decrypt', body: object, answer: T) => {
    // read anew each time: an agent replaces the token before it ends
    const token = Buffer.from(await readSecretFile(tokenFile)).toString('utf8');
    const url = `${address.replace(/\/+$/, '')}/v1/${mount}/${operation}/${key}`;
    return readAnswer(await post(url, token, body), operation, answer);
  };
  return {
    id: `vault:${mount}/${key}`,
    formerIds: [],
    wrap: async (dataKey) => {
      const plaintext = Buffer.from(dataKey).toString('base64');
      return Buffer.from((await ask('encrypt', { plaintext }, Encrypted)).data.ciphertext);
    },
    unwrap: async (wrapped) => {
      const ciphertext = Buffer.from(wrapped).toString('utf8');
      return Buffer.from((await ask('decrypt', { ciphertext }, Decrypted)).data.plaintext, 'base64');
    },
  };
}

const Encrypted = z.object({ data: z.object({ ciphertext: z.string().startsWith('vault:').max(4096) }) });
const Decrypted = z.object({ data: z.object({ plaintext: z.base64().max(4096) }) });
const PATIENCE_MS = 10_000;
const MAX_ANSWER = 64 * 1024;

/** Segments are names alone: a path with `..` in it would reach another engine. */
function parsePath(path: string): { mount: string; key: string } {
  const segments = path.split('/');
  if (
    segments.length < 2 ||
    !segments.every((segment) => /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/.test(segment))
  )
    throw new CertusError('key_unusable', 'a transit key of Vault is given as vault:MOUNT/KEY');
  return { mount: segments.slice(0, -1).join('/'), key: segments.at(-1) as string };
}

async function post(url: string, token: string, body: object): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      // a redirect would carry the token to wherever it points
      redirect: 'error',
      headers: { 'X-Vault-Token': token, 'X-Vault-Request': 'true', 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch (cause) {
    throw new CertusError('dependency_unavailable', 'Vault does not answer', { cause });
  }
}

/** What Vault says besides is not passed on: it may quote what it was sent. */
async function readAnswer<T extends z.ZodType>(
  response: Response,
  operation: string,
  schema: T,
): Promise<z.output<T>> {
  if (!response.ok) {
    await response.body?.cancel();
    const away = response.status >= 500 || response.status === 429;
    throw new CertusError(
      away ? 'dependency_unavailable' : 'key_unusable',
      `Vault answered ${response.status} when asked to ${operation} a data key`,
    );
  }
  const parsed = schema.safeParse(await json(response));
  if (parsed.success) return parsed.data;
  throw new CertusError('dependency_unavailable', `Vault answered to ${operation} in a form of no use`);
}

async function json(response: Response): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of response.body ?? []) {
      size += part.length;
      if (size > MAX_ANSWER) return undefined;
      parts.push(part);
    }
  } catch (cause) {
    throw new CertusError('dependency_unavailable', 'Vault broke off', { cause });
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
