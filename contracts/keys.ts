import { z } from 'zod';

/** What a key may vouch for. A permit signed by an evidence key is no permit. */
export const KeyRole = z.enum(['evidence', 'permit', 'promotion']);
export type KeyRole = z.infer<typeof KeyRole>;

export const TrustedKey = z.strictObject({
  id: z.string().min(1),
  role: KeyRole,
  /** The tenant whose evidence it signs; null for keys of the platform itself. */
  tenant: z.string().nullable(),
  public_key_pem: z.string().startsWith('-----BEGIN PUBLIC KEY-----'),
  valid_from: z.iso.datetime(),
  valid_until: z.iso.datetime().nullable(),
});
export type TrustedKey = z.infer<typeof TrustedKey>;

/** The public keys a verifier believes, and for what. The only thing offline verification needs besides the bundle. */
export const KeySet = z.strictObject({
  schema: z.literal('https://certus.dev/key-set/v1'),
  keys: z.array(TrustedKey).min(1),
});
export type KeySet = z.infer<typeof KeySet>;
