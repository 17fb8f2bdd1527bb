import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { open } from 'node:fs/promises';
import { CertusError } from '../../contracts/errors.ts';
import { keyId } from '../../contracts/key-id.ts';
import type { Signer } from '../keys/signer.ts';

/** Signs the checkpoints of one log, whose name is the first line of each. */
export type LogSigner = Signer & { readonly origin: string };

/** Ed25519, which is what those sign and verify with who watch logs; in a PKCS#8 PEM file that no one else can read. */
export async function openLogSigner(file: string, origin: string): Promise<LogSigner> {
  const privateKey = parse(file, await readPrivate(file));
  const publicKeyPem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
  return {
    origin,
    keyId: keyId(publicKeyPem),
    publicKeyPem,
    sign: async (bytes) => sign(null, bytes, privateKey),
  };
}

async function readPrivate(file: string): Promise<string> {
  const handle = await open(file).catch((cause: unknown) => {
    throw new CertusError('key_unusable', `cannot open the log's key ${file}`, { cause });
  });
  try {
    const { mode } = await handle.stat();
    if ((mode & 0o077) !== 0)
      throw new CertusError('key_unusable', `${file} can be read by others; run: chmod 600 ${file}`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

function parse(file: string, pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // the parser's own error may quote the file, so it is not passed on
    throw new CertusError('key_unusable', `${file} is not a private key in PEM`);
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new CertusError('key_unusable', `${file} is not an Ed25519 key`);
  return key;
}
