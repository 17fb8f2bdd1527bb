import { createPrivateKey, type KeyObject } from 'node:crypto';
import { CertusError } from '../../contracts/errors.ts';
import { requireAffordable } from './encrypted-key-cost.ts';

/**
 * Reads a private key in PEM: PKCS#8, SEC 1 or PKCS#1, plain or encrypted. Nothing of it comes back in a message, and
 * neither does what the parser says, which may quote it.
 */
export function readPrivateKey(pem: string, passphrase: string | undefined): KeyObject {
  const blocks = pem.match(BLOCK) ?? [];
  const [block] = blocks;
  if (block === undefined || blocks.length > 1)
    throw refused(
      blocks.length > 1 ? 'it holds more than one private key' : 'it is not a private key in PEM',
    );
  const encrypted = block.startsWith('-----BEGIN ENCRYPTED') || block.includes('Proc-Type: 4,ENCRYPTED');
  if (encrypted && passphrase === undefined) throw refused('it is encrypted: give its passphrase, too');
  if (block.startsWith('-----BEGIN ENCRYPTED')) requireAffordable(block);
  try {
    return createPrivateKey({ key: block, format: 'pem', ...(encrypted ? { passphrase } : {}) });
  } catch {
    throw refused(encrypted ? 'the passphrase does not open it' : 'it is not a private key in PEM');
  }
}

/** Other blocks, such as the curve that `openssl ecparam` writes in front, say nothing that the key does not. */
const BLOCK =
  /-----BEGIN ((?:ENCRYPTED |EC |RSA )?PRIVATE KEY)-----[^-]{1,20000}(?:-[^-]{1,20000}){0,8}-----END \1-----/g;

const refused = (why: string): CertusError =>
  new CertusError('invalid_request', `private_key_pem: ${why}`, {
    fields: [{ path: 'private_key_pem', message: why }],
  });
