import { CertusError } from '../../contracts/errors.ts';
import type { UploadKeyRequest } from '../../contracts/key-registry.ts';
import { sealedKeyKey } from '../../contracts/object-keys.ts';
import { type CheckedKey, checkUploadedKey } from '../../domain/keys/check-uploaded-key.ts';
import { sealPrivateKey } from '../../services/keys/sealed-key.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { type GivenOrder, giveOrder } from '../orders/give-order.ts';
import { findKeyView } from './known-keys.ts';

/**
 * Takes in a key and its certificate: checked and sealed here, where the private half is in memory for no longer than that,
 * then believed by Trust, or not. What was sealed and not admitted is of no use to anybody.
 */
export async function uploadKey(
  deps: ApiDeps,
  principal: Principal,
  { environment, certificate_pem, private_key_pem, passphrase }: UploadKeyRequest,
): Promise<GivenOrder & { readonly keyId: string }> {
  const key = checkUploadedKey(
    { certificatePem: certificate_pem, privateKeyPem: private_key_pem, passphrase },
    new Date(),
  );
  try {
    await requireNew(deps, principal.tenant, key.keyId);
    await seal(deps, principal.tenant, environment, key);
  } finally {
    key.pkcs8.fill(0);
  }
  const given = await giveOrder(deps, principal, {
    kind: 'admit_key',
    environment,
    public_key_pem: key.publicKeyPem,
    certificate_pem: key.certificatePem,
  });
  return { ...given, keyId: key.keyId };
}

/** Looked at before anything is stored: what lies under the name of a key that is in use stays as it is. */
async function requireNew(deps: ApiDeps, tenant: string, id: string): Promise<void> {
  const known = await findKeyView(deps, tenant, id);
  if (known === undefined) return;
  const revoked = known.status === 'revoked';
  throw new CertusError(
    revoked ? 'key_revoked' : 'key_in_use',
    `the key ${id} ${revoked ? 'was revoked' : 'is registered already'}`,
  );
}

async function seal(
  { trust }: ApiDeps,
  tenant: string,
  environment: UploadKeyRequest['environment'],
  { keyId, pkcs8, publicKeyPem, algorithm }: CheckedKey,
): Promise<void> {
  if (trust.keyEncryption === undefined)
    throw new CertusError('key_unusable', 'keys cannot be taken in: CERTUS_KEY_ENCRYPTION is not set');
  const sealed = await sealPrivateKey(
    trust.keyEncryption,
    { tenant, environment, keyId },
    { pkcs8, publicKeyPem, algorithm },
  );
  const bucket = await trust.sealedKeys();
  await bucket.put(sealedKeyKey(tenant, environment, keyId), sealed, { contentType: 'application/json' });
}
