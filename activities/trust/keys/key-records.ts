import type { Environment, KeySet, TrustedKey } from '../../../contracts/keys.ts';
import { algorithmOfPem } from '../../../domain/keys/key-algorithm.ts';
import type { SigningKeyRecord } from '../../../services/database/signing-keys.ts';

/** A key of a tenant that the installation pins in its file, and nobody has admitted. */
export const pinnedKeys = ({ keys }: KeySet, tenant: string): TrustedKey[] =>
  keys.filter((key) => key.role === 'evidence' && key.tenant === tenant);

/** What a file does not say means production, as verifiers take it. */
export const environmentOf = (key: TrustedKey): Environment => key.environment ?? 'production';

/** The row of a pinned key: it has none before something happens to it. */
export const recordOfPinned = (key: TrustedKey, tenant: string, orderId: string): SigningKeyRecord => ({
  tenant,
  id: key.id,
  environment: environmentOf(key),
  status: 'active',
  signing: null,
  holder: 'certus',
  origin: 'file',
  algorithm: algorithmOfPem(key.public_key_pem),
  publicKey: key.public_key_pem,
  certificate: key.certificate_pem ?? null,
  notBefore: new Date(key.valid_from),
  notAfter: key.valid_until === null ? null : new Date(key.valid_until),
  createdAt: new Date(key.valid_from),
  deactivatedAt: null,
  revokedAt: null,
  revocationReason: null,
  invalidSince: null,
  orderId,
});

export const deactivated = (record: SigningKeyRecord, at: Date): SigningKeyRecord => ({
  ...record,
  status: 'inactive',
  signing: null,
  deactivatedAt: at,
});
