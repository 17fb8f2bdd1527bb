import { z } from 'zod';
import { TenantId } from './identifiers.ts';
import { Environment, KeySet, Revocation, RevocationReason, TrustedKey } from './keys.ts';
import { PREDICATE, STATEMENT_TYPE } from './statements.ts';

export const KEY_ALGORITHMS = ['ecdsa-p256', 'ecdsa-p384', 'ed25519', 'rsa-3072', 'rsa-4096'] as const;
export const KeyAlgorithm = z.enum(KEY_ALGORITHMS);
export type KeyAlgorithm = z.infer<typeof KeyAlgorithm>;

export const KeyId = z.string().regex(/^[0-9a-f]{32}$/, 'a key id is 32 lower-case hexadecimal digits');

/** Certificates in PEM, leaf first. */
export const CertificateChain = z
  .string()
  .max(64 * 1024)
  .startsWith('-----BEGIN CERTIFICATE-----');

/** What Trust says of all keys of one tenant. A key that is not on it is not trusted, whatever a table says. */
export const KeySetStatement = z.object({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.array(z.object({ name: z.string(), digest: z.object({ sha256: z.string() }) })).length(1),
  predicateType: z.literal(PREDICATE.keySet),
  predicate: z.strictObject({
    tenant: TenantId,
    /** Counts up; a lower one than was seen before is an old list, and may hide a revocation. */
    version: z.number().int().min(1),
    issued_at: z.iso.datetime(),
    keys: z.array(TrustedKey).max(10_000),
  }),
});
export type KeySetStatement = z.infer<typeof KeySetStatement>;

export const KEY_STATUSES = ['active', 'inactive', 'revoked'] as const;
export const KEY_ORIGINS = ['generated', 'uploaded', 'enrolled', 'file'] as const;

/** A key as the API shows it: everything but what it signs with. */
export const SigningKeyView = z.object({
  id: KeyId,
  environment: Environment,
  status: z.enum(KEY_STATUSES),
  /** Who holds the private half: Certus, sealed, or the tenant itself. */
  holder: z.enum(['certus', 'tenant']),
  origin: z.enum(KEY_ORIGINS),
  algorithm: z.string(),
  public_key_pem: z.string(),
  certificate_pem: z.string().nullable(),
  not_before: z.iso.datetime().nullable(),
  not_after: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
  deactivated_at: z.iso.datetime().nullable(),
  revoked: Revocation.nullable(),
});
export type SigningKeyView = z.infer<typeof SigningKeyView>;

// What an administrator may tell Trust about keys.
export const GenerateKey = z.strictObject({
  kind: z.literal('generate_key'),
  environment: Environment,
  algorithm: KeyAlgorithm,
});
export const AdmitKey = z.strictObject({
  kind: z.literal('admit_key'),
  environment: Environment,
  public_key_pem: z.string().max(8192).startsWith('-----BEGIN PUBLIC KEY-----'),
  certificate_pem: CertificateChain.nullable(),
});
export const DeactivateKey = z.strictObject({ kind: z.literal('deactivate_key'), key_id: KeyId });
export const RevokeKey = z.strictObject({
  kind: z.literal('revoke_key'),
  key_id: KeyId,
  reason: RevocationReason,
  invalid_since: z.iso.datetime().nullable(),
});
export type GenerateKey = z.infer<typeof GenerateKey>;
export type AdmitKey = z.infer<typeof AdmitKey>;
export type DeactivateKey = z.infer<typeof DeactivateKey>;
export type RevokeKey = z.infer<typeof RevokeKey>;

/** What `certus keys export` writes and offline verification reads. */
export const ExportedKeySet = KeySet;
