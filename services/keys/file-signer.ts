import { createPublicKey, sign } from 'node:crypto';
import { CertusError } from '../../contracts/errors.ts';
import { keyId } from '../../contracts/key-id.ts';
import { readPrivateKeyFile } from './private-key-file.ts';
import type { Signer } from './signer.ts';

/** Signs with a private key in a PKCS#8 PEM file: EC P-256, the curve every Sigstore client verifies. */
export async function openFileSigner(file: string): Promise<Signer> {
  const privateKey = await readPrivateKeyFile(file);
  if (privateKey.asymmetricKeyType !== 'ec' || privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new CertusError('key_unusable', `${file} is not an EC P-256 key`);
  }
  const publicKeyPem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
  return {
    keyId: keyId(publicKeyPem),
    publicKeyPem,
    sign: async (bytes) => sign('sha256', bytes, privateKey),
  };
}
