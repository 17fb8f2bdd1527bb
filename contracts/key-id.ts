import { createHash, createPublicKey } from 'node:crypto';

/** Names a public key by its content: the same key has the same id on every machine. */
export function keyId(publicKeyPem: string): string {
  const der = createPublicKey(publicKeyPem).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('hex').slice(0, 32);
}
