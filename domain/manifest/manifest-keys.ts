import { createPublicKey, type KeyObject } from 'node:crypto';
import { CertusError } from '../../contracts/errors.ts';
import { keyId } from '../../contracts/key-id.ts';

export type ManifestKey = { readonly id: string; readonly key: KeyObject };

/** The public keys of a PEM file, several of them while one replaces another. What is no key is refused, not passed over. */
export function readManifestKeys(pem: string): ManifestKey[] {
  const blocks = pem.match(/-----BEGIN [^-]+-----[^-]*-----END [^-]+-----/g) ?? [];
  if (blocks.length === 0) throw unusable('it holds no public key in PEM');
  return blocks.map((block) => {
    if (!block.startsWith('-----BEGIN PUBLIC KEY-----'))
      throw unusable('it holds something else than public keys');
    return { id: keyId(parse(block).export({ type: 'spki', format: 'pem' }).toString()), key: parse(block) };
  });
}

function parse(block: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey(block);
  } catch {
    throw unusable('one of its keys cannot be read');
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const strong =
    type === 'ec' || type === 'ed25519' || (type === 'rsa' && (details?.modulusLength ?? 0) >= 2048);
  if (!strong) throw unusable(`a key of type ${type} is not strong enough, or not understood`);
  return key;
}

const unusable = (why: string) =>
  new CertusError('key_unusable', `CERTUS_MANIFEST_KEY_FILE cannot be used: ${why}`);
