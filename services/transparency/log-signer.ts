import { createPublicKey, sign } from 'node:crypto';
import { CertusError } from '../../contracts/errors.ts';
import { keyId } from '../../contracts/key-id.ts';
import { readPrivateKeyFile } from '../keys/private-key-file.ts';
import type { Signer } from '../keys/signer.ts';

/** Signs the checkpoints of one log, whose name is the first line of each. */
export type LogSigner = Signer & { readonly origin: string };

/** Ed25519, which is what those sign and verify with who watch logs; in a PKCS#8 PEM file that no one else can read. */
export async function openLogSigner(file: string, origin: string): Promise<LogSigner> {
  const privateKey = await readPrivateKeyFile(file);
  if (privateKey.asymmetricKeyType !== 'ed25519')
    throw new CertusError('key_unusable', `${file} is not an Ed25519 key`);
  const publicKeyPem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
  return {
    origin,
    keyId: keyId(publicKeyPem),
    publicKeyPem,
    sign: async (bytes) => sign(null, bytes, privateKey),
  };
}
