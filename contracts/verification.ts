import { z } from 'zod';

/** Of a whole request, in base64 and all. */
export const MAX_VERIFY_REQUEST = 24 * 1024 * 1024;
const MAX_TEXT = 16 * 1024 * 1024;

const Base64 = z.base64().max(MAX_TEXT).min(1);
const Digest = z.string().regex(/^(?:sha256:)?[0-9a-f]{64}$/, 'a digest is sha256: and 64 digits');
const PublicKeyPem = z.string().max(16_384).startsWith('-----BEGIN PUBLIC KEY-----');
const CertificatePem = z.string().max(65_536).startsWith('-----BEGIN CERTIFICATE-----');

const about = {
  /** What was signed, in base64, or its digest. */
  artifact: z.union([Digest, Base64]).optional(),
  artifact_digest: Digest.optional(),
  predicate_type: z.string().min(1).max(4096).optional(),
  /** Believed instead of everything else. */
  key: PublicKeyPem.optional(),
};

const Identity = z.strictObject({
  subject: z.string().min(1).max(2048),
  issuer: z.string().min(1).max(2048),
});

const OfBundle = z.strictObject({
  /** As JSON, or as the text of it: either way one that names a thing twice is refused. */
  bundle: z.union([z.string().min(2).max(MAX_TEXT), z.record(z.string(), z.unknown())]),
  ...about,
  /** Whose certificate it must be; needed unless a key signed. */
  identity: Identity.optional(),
});

/** As the earlier Trust service took it: a signature alone, over the artifact. */
const OfSignature = z.strictObject({
  ...about,
  artifact: Base64,
  signature: Base64.max(32_768),
  certificate: CertificatePem.optional(),
  /** The id of the key, or what its certificate names. */
  identity: z.string().min(1).max(2048).optional(),
});

export const VerifyItem = z.union([OfBundle, OfSignature]);
export type VerifyItem = z.infer<typeof VerifyItem>;
export type DetachedItem = z.infer<typeof OfSignature>;

export const VerifyRequest = z.union([
  VerifyItem,
  z.strictObject({ items: z.array(VerifyItem).min(1).max(100) }),
]);
export type VerifyRequest = z.infer<typeof VerifyRequest>;

export const Verification = z.object({
  valid: z.boolean(),
  verified_at: z.iso.datetime(),
  /** The id of the key, or what the certificate names; null when none was found good. */
  signer: z.string().nullable(),
  transparency_index: z.number().int().nullable(),
  /** Certificates in PEM, leaf first. */
  certificate_chain: z.array(z.string()),
  /** On whose word: of the key in the request, of the tenant's key set, or of an authority in the trusted root. */
  believed: z.enum(['given_key', 'key_set', 'trusted_root']).nullable(),
  signed_at: z.iso.datetime().nullable(),
  predicate_type: z.string().nullable(),
  /** What was checked, and held. */
  checks: z.array(z.string()),
  /** Why it is not valid: its cryptography is wrong, or nobody here vouches for the signer. */
  error: z
    .object({ family: z.enum(['cryptography', 'trust']), code: z.string(), message: z.string() })
    .nullable(),
});
export type Verification = z.infer<typeof Verification>;

export const VerifyAnswer = z.union([Verification, z.object({ results: z.array(Verification) })]);
