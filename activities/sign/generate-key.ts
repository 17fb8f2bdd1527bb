import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { CertusError } from '../../contracts/errors.ts';
import { keyId } from '../../contracts/key-id.ts';
import type { KeyAlgorithm } from '../../contracts/key-registry.ts';
import type { Environment } from '../../contracts/keys.ts';
import { orderedKeyKey, sealedKeyKey } from '../../contracts/object-keys.ts';
import type { KeyEncryption } from '../../services/keys/key-encryption.ts';
import { MAX_SEALED_KEY, readSealedKey, sealPrivateKey } from '../../services/keys/sealed-key.ts';
import type { Bucket } from '../../services/objects/store.ts';
import { withHeartbeat } from '../heartbeat.ts';

export type KeyMakingDeps = {
  readonly sealedKeys: Bucket;
  readonly keyEncryption: KeyEncryption | undefined;
};

export type KeyToMake = {
  readonly tenant: string;
  readonly orderId: string;
  readonly environment: Environment;
  readonly algorithm: KeyAlgorithm;
};

export type MadeKey = {
  readonly key_id: string;
  readonly public_key_pem: string;
  readonly algorithm: string;
};

/** Makes keys where keys are held. Only the public half leaves. */
export const createKeyMakingActivities = (deps: KeyMakingDeps) => ({
  generateKey: (key: KeyToMake): Promise<MadeKey> => withHeartbeat(() => generateKey(deps, key)),
});
export type KeyMakingActivities = ReturnType<typeof createKeyMakingActivities>;

/**
 * One key for one order: whichever attempt stores its key first under the order has made it, and every other attempt finds
 * that one. It gets the name under which keys are looked up before Trust is asked to believe it.
 */
export async function generateKey(
  { sealedKeys, keyEncryption }: KeyMakingDeps,
  { tenant, orderId, environment, algorithm }: KeyToMake,
): Promise<MadeKey> {
  if (keyEncryption === undefined)
    throw new CertusError('key_unusable', 'keys cannot be made here: CERTUS_KEY_ENCRYPTION is not set');
  const ordered = orderedKeyKey(tenant, orderId);
  if ((await sealedKeys.head(ordered)) === undefined)
    await sealedKeys.put(ordered, await sealedNewKey(keyEncryption, { tenant, environment, algorithm }), {
      ...JSON_DOCUMENT,
      ifAbsent: true,
    });
  const bytes = await sealedKeys.read(ordered, MAX_SEALED_KEY);
  const sealed = readSealedKey(bytes);
  if (sealed.tenant !== tenant || sealed.environment !== environment || sealed.algorithm !== algorithm)
    throw new CertusError('key_mismatch', 'another key was made for this order before');
  await sealedKeys.put(sealedKeyKey(tenant, environment, sealed.key_id), bytes, JSON_DOCUMENT);
  return { key_id: sealed.key_id, public_key_pem: sealed.public_key_pem, algorithm: sealed.algorithm };
}

const JSON_DOCUMENT = { contentType: 'application/json' } as const;

async function sealedNewKey(
  encryption: KeyEncryption,
  { tenant, environment, algorithm }: Omit<KeyToMake, 'orderId'>,
): Promise<Uint8Array> {
  const { publicKey, privateKey } = await PAIRS[algorithm]();
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  try {
    const sealedFor = { tenant, environment, keyId: keyId(publicKeyPem) };
    return await sealPrivateKey(encryption, sealedFor, { pkcs8, publicKeyPem, algorithm });
  } finally {
    pkcs8.fill(0);
  }
}

type Pair = { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
const generate = promisify(generateKeyPair);

const PAIRS: Readonly<Record<KeyAlgorithm, () => Promise<Pair>>> = {
  'ecdsa-p256': () => generate('ec', { namedCurve: 'prime256v1' }),
  'ecdsa-p384': () => generate('ec', { namedCurve: 'secp384r1' }),
  ed25519: () => generate('ed25519'),
  'rsa-3072': () => generate('rsa', { modulusLength: 3072 }),
  'rsa-4096': () => generate('rsa', { modulusLength: 4096 }),
};
