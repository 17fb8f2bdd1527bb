import {
  constants,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
} from 'node:crypto';
import { open } from 'node:fs/promises';
import { CertusError } from '../../../contracts/errors.ts';
import { keyId } from '../../../contracts/key-id.ts';
import type { KeyEncryption } from '../key-encryption.ts';

/**
 * RSA keys in a PEM file. A public half can only seal, so that whoever takes in keys cannot open those that were taken in
 * before. Of several keys the first one seals; the others still open what they sealed before it took their place.
 */
export async function openFileEncryption(file: string): Promise<KeyEncryption> {
  const { text, mode } = await readPem(file);
  const keys = (text.match(PEM) ?? []).map((pem) => parse(file, pem));
  const [first] = keys;
  if (first === undefined) throw unusable(`${file} holds no key in PEM`);
  const privates = keys.filter(({ type }) => type === 'private');
  if (privates.length > 0 && (mode & 0o077) !== 0)
    throw unusable(`${file} can be read by others; run: chmod 600 ${file}`);
  const [id, ...formerIds] = keys.map(idOf);
  return {
    id: id as string,
    formerIds,
    wrap: async (dataKey) => publicEncrypt({ key: first, ...OAEP }, dataKey),
    unwrap: async (wrapped) => {
      if (privates.length === 0)
        throw unusable(`${file} holds the public half only: with it keys are sealed, not opened`);
      for (const key of privates) {
        const opened = attempt(key, wrapped);
        if (opened !== undefined) return opened;
      }
      throw unusable(`no key in ${file} opens what was sealed`);
    },
  };
}

const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' } as const;
const PEM = /-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----/g;
const MAX_FILE = 256 * 1024;

async function readPem(file: string): Promise<{ text: string; mode: number }> {
  const handle = await open(file).catch((cause: unknown) => {
    throw new CertusError('key_unusable', `cannot open the key-encryption key ${file}`, { cause });
  });
  try {
    const { mode, size } = await handle.stat();
    if (size > MAX_FILE) throw unusable(`${file} is too large to be a file of keys`);
    return { text: await handle.readFile('utf8'), mode };
  } finally {
    await handle.close();
  }
}

function parse(file: string, pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = pem.startsWith('-----BEGIN PUBLIC KEY') ? createPublicKey(pem) : createPrivateKey(pem);
  } catch {
    // the parser's own error may quote the file, so it is not passed on
    throw unusable(`${file} holds something that is neither a public nor a private key in PEM`);
  }
  if (key.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? 0) < 3072)
    throw unusable(`${file} is not an RSA key of 3072 bits or more`);
  return key;
}

function idOf(key: KeyObject): string {
  const publicKey = key.type === 'public' ? key : createPublicKey(key);
  return `file:${keyId(publicKey.export({ type: 'spki', format: 'pem' }).toString())}`;
}

function attempt(key: KeyObject, wrapped: Uint8Array): Uint8Array | undefined {
  try {
    return privateDecrypt({ key, ...OAEP }, wrapped);
  } catch {
    return undefined; // sealed with another one
  }
}

const unusable = (message: string): CertusError => new CertusError('key_unusable', message);
