import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { open } from 'node:fs/promises';
import { CertusError } from '../../contracts/errors.ts';
import { keyId } from '../../contracts/key-id.ts';
import type { Signer } from './signer.ts';

/** Signs with a private key in a PKCS#8 PEM file: EC P-256, the curve every Sigstore client verifies. */
export async function openFileSigner(file: string): Promise<Signer> {
  const privateKey = parse(file, await readPrivate(file));
  const publicKeyPem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
  return {
    keyId: keyId(publicKeyPem),
    publicKeyPem,
    sign: async (bytes) => sign('sha256', bytes, privateKey),
  };
}

/** A key that others can read is no longer a secret: it is refused, not warned about. */
async function readPrivate(file: string): Promise<string> {
  const handle = await open(file).catch((cause: unknown) => {
    throw new CertusError('key_unusable', `cannot open the private key ${file}`, { cause });
  });
  try {
    const { mode } = await handle.stat();
    if ((mode & 0o077) !== 0) {
      throw new CertusError('key_unusable', `${file} can be read by others; run: chmod 600 ${file}`);
    }
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
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new CertusError('key_unusable', `${file} is not an EC P-256 key`);
  }
  return key;
}
