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

const OrderName = z.string().regex(/^order_[0-9a-f]{32}$/);

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
    /** By which it came about. */
    order: OrderName.optional(),
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

/** A key as it is brought. The private half is sealed at once, and shown by nothing. */
export const UploadKeyRequest = z.strictObject({
  environment: Environment.default('production'),
  /** The certificate, and its issuers after it when there are any. */
  certificate_pem: z
    .string()
    .min(1)
    .max(64 * 1024),
  private_key_pem: z
    .string()
    .min(1)
    .max(32 * 1024),
  passphrase: z.string().min(1).max(1024).optional(),
});
export type UploadKeyRequest = z.infer<typeof UploadKeyRequest>;

export const GenerateKeyRequest = z.strictObject({
  environment: Environment.default('production'),
  algorithm: KeyAlgorithm.default('ecdsa-p256'),
});
export type GenerateKeyRequest = z.infer<typeof GenerateKeyRequest>;

export const RevokeKeyRequest = z.strictObject({
  reason: RevocationReason.default('unspecified'),
  /** What was permitted on its word before this stays good; nothing that it ever signed does when it is null. */
  invalid_since: z.iso.datetime().nullable().default(null),
});
export type RevokeKeyRequest = z.infer<typeof RevokeKeyRequest>;

export const SigningKeyList = z.object({ keys: z.array(SigningKeyView) });

const count = z.number().int().min(0);

/** A revoked key, and how much rests on what it signed. */
export const RevokedKeyView = SigningKeyView.extend({
  affected: z
    .object({
      permits: count,
      published: count,
      signatures: count,
      attached: count,
      /** Permits of which nobody knows any more whose word they rest on. */
      unknown: count,
    })
    .optional(),
});

/** Told to Trust, which is away and will do it when it is back. */
export const PendingOrder = z.object({
  order_id: OrderName,
  state: z.literal('pending'),
});

export const TrustEventView = z.object({
  id: z.string(),
  type: z.string(),
  about: z.string(),
  data: z.record(z.string(), z.unknown()),
  at: z.iso.datetime(),
});
export type TrustEventView = z.infer<typeof TrustEventView>;
export const TrustEventList = z.object({
  events: z.array(TrustEventView),
  next_cursor: z.string().nullable(),
});

/** What `certus keys export` writes and offline verification reads. */
export const ExportedKeySet = KeySet;
