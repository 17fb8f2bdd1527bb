import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { keyId } from '../contracts/key-id.ts';
import { KeySet } from '../contracts/keys.ts';
import { CommandError } from './command-error.ts';
import { EXIT } from './exit-codes.ts';
import { parseJson } from './parse-json.ts';

/** A key set as an operator publishes it. */
export async function readKeySet(file: string): Promise<KeySet> {
  const parsed = KeySet.safeParse(parseJson(await readText(file)));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw unusable(file, `it is not a key set: ${issue?.path.join('.') || 'file'}: ${issue?.message ?? ''}`);
}

/**
 * One public key that the caller trusts to sign evidence, without a limit in time. For evidence only: were it trusted for
 * permits as well, whoever can sign evidence could permit it too. It has no tenant, which no key set may say: the caller
 * knows whose bundle lies there, and answers for it.
 */
export async function readEvidenceKey(file: string): Promise<KeySet> {
  const public_key_pem = parsePublicKey(await readText(file), file)
    .export({ type: 'spki', format: 'pem' })
    .toString();
  const id = keyId(public_key_pem);
  const valid_from = new Date(0).toISOString();
  return {
    schema: 'https://certus.dev/key-set/v1',
    keys: [{ id, role: 'evidence', tenant: null, public_key_pem, valid_from, valid_until: null }],
  };
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

function unusable(file: string, why: string): CommandError {
  return new CommandError('key_unusable', EXIT.badData, `cannot use ${file}: ${why}`);
}
