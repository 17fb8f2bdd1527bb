import type { SigningKeyView } from '../../contracts/key-registry.ts';
import type { TrustedKey } from '../../contracts/keys.ts';
import { algorithmOfPem } from '../../domain/keys/key-algorithm.ts';
import type { SigningKeyRecord } from '../../services/database/signing-keys.ts';

/** Everything about a key but what it signs with, which this process does not have. */
export const keyView = (key: SigningKeyRecord): SigningKeyView => ({
  id: key.id,
  environment: key.environment,
  status: key.status,
  holder: key.holder,
  origin: key.origin,
  algorithm: key.algorithm,
  public_key_pem: key.publicKey,
  certificate_pem: key.certificate,
  not_before: key.notBefore?.toISOString() ?? null,
  not_after: key.notAfter?.toISOString() ?? null,
  created_at: key.createdAt.toISOString(),
  deactivated_at: key.deactivatedAt?.toISOString() ?? null,
  revoked:
    key.revokedAt === null
      ? null
      : {
          at: key.revokedAt.toISOString(),
          reason: key.revocationReason ?? 'unspecified',
          invalid_since: key.invalidSince?.toISOString() ?? null,
        },
});

/** A key of the installation's file that nothing was ever ordered about. */
export const pinnedKeyView = (key: TrustedKey): SigningKeyView => ({
  id: key.id,
  environment: key.environment ?? 'production',
  status: key.revoked === undefined ? 'active' : 'revoked',
  holder: 'certus',
  origin: 'file',
  algorithm: algorithmOfPem(key.public_key_pem),
  public_key_pem: key.public_key_pem,
  certificate_pem: key.certificate_pem ?? null,
  not_before: key.valid_from,
  not_after: key.valid_until,
  created_at: key.valid_from,
  deactivated_at: null,
  revoked: key.revoked ?? null,
});
