import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { CertusError } from '../../contracts/errors.ts';
import { TenantId } from '../../contracts/identifiers.ts';
import { jsonOf } from '../../contracts/json-of.ts';
import { keyId } from '../../contracts/key-id.ts';
import { KeyId } from '../../contracts/key-registry.ts';
import { Environment } from '../../contracts/keys.ts';
import type { KeyEncryption } from './key-encryption.ts';

const base64 = z.base64().max(64 * 1024);

/** A private key as it lies in the keys bucket: of no use without the key-encryption key. */
const SealedKey = z.strictObject({
  schema: z.literal('https://certus.dev/sealed-key/v1'),
  tenant: TenantId,
  environment: Environment,
  key_id: KeyId,
  public_key_pem: z.string().max(8192),
  algorithm: z.string().max(32),
  encryption: z.strictObject({ id: z.string().max(512), wrapped_key: base64 }),
  nonce: base64,
  tag: base64,
  ciphertext: base64,
});
type SealedKey = z.infer<typeof SealedKey>;

export const MAX_SEALED_KEY = 128 * 1024;

/** Whose key it is and for what. It is sealed together with the key: moved elsewhere, it does not open. */
export type SealedFor = Pick<SealedKey, 'tenant' | 'environment'> & { readonly keyId: string };

/** Encrypts a private key (PKCS#8, DER) under a key of its own, which the key-encryption key wraps. */
export async function sealPrivateKey(
  encryption: KeyEncryption,
  { tenant, environment, keyId: id }: SealedFor,
  { pkcs8, publicKeyPem, algorithm }: { pkcs8: Uint8Array; publicKeyPem: string; algorithm: string },
): Promise<Uint8Array> {
  const dataKey = randomBytes(32);
  try {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', dataKey, nonce);
    cipher.setAAD(boundTo({ tenant, environment, keyId: id }));
    const ciphertext = Buffer.concat([cipher.update(pkcs8), cipher.final()]);
    const wrapped = await encryption.wrap(dataKey);
    const sealed: SealedKey = {
      schema: 'https://certus.dev/sealed-key/v1',
      tenant,
      environment,
      key_id: id,
      public_key_pem: publicKeyPem,
      algorithm,
      encryption: { id: encryption.id, wrapped_key: Buffer.from(wrapped).toString('base64') },
      nonce: nonce.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
      ciphertext: ciphertext.toString('base64'),
    };
    return Buffer.from(`${JSON.stringify(sealed)}\n`);
  } finally {
    dataKey.fill(0);
  }
}

/** The private key (PKCS#8, DER), if it was sealed for exactly this. Whoever gets it wipes it after use. */
export async function unsealPrivateKey(
  encryption: KeyEncryption,
  expected: SealedFor,
  bytes: Uint8Array,
): Promise<Buffer> {
  const sealed = readSealedKey(bytes);
  if (![encryption.id, ...encryption.formerIds].includes(sealed.encryption.id))
    throw unusable(expected, `it was sealed with ${sealed.encryption.id}, which this process does not have`);
  const dataKey = await encryption.unwrap(Buffer.from(sealed.encryption.wrapped_key, 'base64'));
  try {
    const tag = Buffer.from(sealed.tag, 'base64');
    const nonce = Buffer.from(sealed.nonce, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', dataKey, nonce, { authTagLength: 16 });
    decipher.setAAD(boundTo(expected));
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(Buffer.from(sealed.ciphertext, 'base64')), decipher.final()]);
  } catch {
    // what OpenSSL says of it helps nobody, and must not be a way to ask about keys
    throw unusable(expected, 'what is sealed is not this key');
  } finally {
    dataKey.fill(0);
  }
}

/** What is said of a sealed key without opening it. The public half is the one that the id names. */
export function readSealedKey(bytes: Uint8Array): SealedKey {
  const parsed = SealedKey.safeParse(jsonOf(bytes));
  if (!parsed.success || !isNamed(parsed.data))
    throw new CertusError('key_unusable', 'a sealed key is not as it was stored');
  return parsed.data;
}

function isNamed({ key_id, public_key_pem }: SealedKey): boolean {
  try {
    return keyId(public_key_pem) === key_id;
  } catch {
    return false; // no public key at all
  }
}

const boundTo = ({ tenant, environment, keyId: id }: SealedFor): Buffer =>
  Buffer.from(canonicalJson({ tenant, environment, key_id: id }));

const unusable = ({ keyId: id }: SealedFor, why: string): CertusError =>
  new CertusError('key_unusable', `the private half of key ${id} cannot be opened: ${why}`);
