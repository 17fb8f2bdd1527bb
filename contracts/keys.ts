import { z } from 'zod';
import { keyId } from './key-id.ts';

/**
 * What a key may vouch for. A permit signed by an evidence key is no permit. `log` signs the checkpoints of the
 * transparency log, `operator` the orders that an administrator gives to Trust.
 */
export const KeyRole = z.enum(['evidence', 'permit', 'promotion', 'log', 'operator']);
export type KeyRole = z.infer<typeof KeyRole>;

/** Where a key may be used. What a sandbox key signed is evidence only where a policy takes it. */
export const Environment = z.enum(['sandbox', 'production']);
export type Environment = z.infer<typeof Environment>;

/** Words of RFC 5280, as far as they fit a key that signs evidence. */
export const RevocationReason = z.enum([
  'key_compromise',
  'affiliation_changed',
  'superseded',
  'cessation_of_operation',
  'privilege_withdrawn',
  'unspecified',
]);
export type RevocationReason = z.infer<typeof RevocationReason>;

export const Revocation = z.strictObject({
  at: z.iso.datetime(),
  reason: RevocationReason,
  /** What it signed from this time on is not believed; null when nothing it ever signed is. */
  invalid_since: z.iso.datetime().nullable(),
});
export type Revocation = z.infer<typeof Revocation>;

export const TrustedKey = z.strictObject({
  id: z.string().min(1),
  role: KeyRole,
  /** The tenant whose evidence it signs; null for keys of the platform itself. */
  tenant: z.string().nullable(),
  public_key_pem: z.string().startsWith('-----BEGIN PUBLIC KEY-----'),
  valid_from: z.iso.datetime(),
  valid_until: z.iso.datetime().nullable(),
  /** Of keys for evidence; one without it is of production. */
  environment: Environment.optional(),
  /** The certificate and its issuers, leaf first, when there is one. */
  certificate_pem: z.string().startsWith('-----BEGIN CERTIFICATE-----').optional(),
  /** Of a log: the origin line of its checkpoints. */
  origin: z.string().min(1).max(200).optional(),
  revoked: Revocation.optional(),
});
export type TrustedKey = z.infer<typeof TrustedKey>;

/**
 * The public keys a verifier believes, and for what. The only thing offline verification needs besides the bundle.
 * What parses does not contradict itself: a set that does would be judged by the order of its keys.
 */
export const KeySet = z
  .strictObject({
    schema: z.literal('https://certus.dev/key-set/v1'),
    keys: z.array(TrustedKey).min(1),
  })
  .superRefine(({ keys }, context) => {
    const first = new Map<string, TrustedKey>();
    for (const [at, key] of keys.entries()) {
      const id = idOf(key.public_key_pem);
      const message = faultOf(key, id, first.get(id ?? ''));
      if (message !== undefined) context.addIssue({ code: 'custom', path: ['keys', at], message });
      if (id !== undefined) first.set(id, key);
    }
  });
export type KeySet = z.infer<typeof KeySet>;

/** Keys are told apart by their content: the same key in another PEM, or under another name, is the same key. */
function faultOf(key: TrustedKey, id: string | undefined, same: TrustedKey | undefined): string | undefined {
  if (id === undefined) return 'it is not a public key in PEM';
  if (key.id !== id) return `the id of this key is ${id}`;
  if (same !== undefined && same.role !== key.role)
    return `one key may not be trusted both for ${same.role} and for ${key.role}`;
  if (same !== undefined) return 'the same key is listed twice';
  // Of a key without a tenant every tenant's evidence would be believed.
  if (key.role === 'evidence' && key.tenant === null) return 'a key for evidence belongs to a tenant';
  return undefined;
}

function idOf(publicKeyPem: string): string | undefined {
  try {
    return keyId(publicKeyPem);
  } catch {
    return undefined;
  }
}
