import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { KeyRole, KeySet } from '../contracts/keys.ts';
import { CommandError } from './command-error.ts';
import { EXIT } from './exit-codes.ts';

/** A key set as an operator publishes it. */
export async function readKeySet(file: string): Promise<KeySet> {
  const parsed = KeySet.safeParse(parseJson(await readText(file)));
  if (!parsed.success) throw unusable(file, 'it is not a key set');
  return parsed.data;
}

/** One public key that the caller trusts for every link, without a limit in time. */
export async function readSingleKey(file: string): Promise<KeySet> {
  const key = parsePublicKey(await readText(file), file);
  const public_key_pem = key.export({ type: 'spki', format: 'pem' }).toString();
  const trusted = {
    id: keyId(key),
    public_key_pem,
    tenant: null,
    valid_from: new Date(0).toISOString(),
    valid_until: null,
  };
  return {
    schema: 'https://certus.dev/key-set/v1',
    keys: KeyRole.options.map((role) => ({ ...trusted, role })),
  };
}

/** The name that signers give their key: the start of the digest of its public half. */
export function keyId(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 32);
}

function parsePublicKey(text: string, file: string): KeyObject {
  // createPublicKey would derive a public key from a private one; whoever passes that by mistake should hear of it.
  if (!text.trimStart().startsWith('-----BEGIN PUBLIC KEY-----'))
    throw unusable(file, 'it is not a public key in PEM');
  try {
    return createPublicKey(text);
  } catch (error) {
    throw unusable(file, error instanceof Error ? error.message : String(error));
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError('key_unusable', EXIT.notFound, `cannot read ${file}: ${reason}`, error);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function unusable(file: string, why: string): CommandError {
  return new CommandError('key_unusable', EXIT.badData, `cannot use ${file}: ${why}`);
}
