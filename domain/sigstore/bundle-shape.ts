import { z } from 'zod';

/**
 * What a Sigstore bundle v0.1 to v0.3 may hold, as protobuf writes JSON, and nothing else: a field that one reader knows
 * and another passes over is a way to show each of them another bundle. Every count and size has its bound.
 */
const kib = (size: number) => Math.ceil((size * 1024 * 4) / 3);

/** Base64 as everybody writes it: Node also takes what is none, and then two texts are the same bytes. */
const bytes = (maxKib: number) =>
  z
    .string()
    .max(kib(maxKib))
    .transform((text, context) => {
      const decoded = Buffer.from(text, 'base64');
      if (!isCanonical(text, decoded)) context.addIssue('it is not canonical base64');
      return decoded;
    });

/**
 * Node skips every sign that is not base64 and takes the alphabet of URLs too; then fewer bytes come out than the length
 * tells, or one of its two signs is there. What is left to differ are the bits that the last group does not use.
 */
function isCanonical(text: string, decoded: Buffer): boolean {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return (
    text.length % 4 === 0 &&
    decoded.length === (text.length / 4) * 3 - padding &&
    !text.includes('-') &&
    !text.includes('_') &&
    (padding === 0 || decoded.toString('base64', decoded.length - 3 + padding) === text.slice(-4))
  );
}

const int64 = z.union([
  z.string().regex(/^(?:0|[1-9][0-9]{0,17})$/, 'it is not a number of an entry'),
  z.number().int().min(0),
]);
/** The first entry of a log: writers of protobuf leave a nought out. */
const index = int64.default('0');
const optional = <T extends z.ZodType>(schema: T) => schema.nullish();

const Certificate = z.strictObject({ rawBytes: bytes(64) });

const LogEntry = z.strictObject({
  logIndex: index,
  logId: z.strictObject({ keyId: bytes(1) }),
  kindVersion: z.strictObject({ kind: z.string().max(64), version: z.string().max(64) }),
  integratedTime: optional(
    z.union([z.string().regex(/^(?:0|[1-9][0-9]{0,11})$/), z.number().int().min(0).max(999_999_999_999)]),
  ),
  inclusionPromise: optional(z.strictObject({ signedEntryTimestamp: bytes(4) })),
  inclusionProof: optional(
    z.strictObject({
      logIndex: index,
      rootHash: bytes(1),
      treeSize: int64,
      hashes: z.array(bytes(1)).max(64).default([]),
      checkpoint: optional(z.strictObject({ envelope: z.string().max(64 * 1024) })),
    }),
  ),
  canonicalizedBody: bytes(16 * 1024),
});

const VerificationMaterial = z
  .strictObject({
    publicKey: optional(z.strictObject({ hint: z.string().max(1024).default('') })),
    certificate: optional(Certificate),
    x509CertificateChain: optional(
      z.strictObject({ certificates: z.array(Certificate).min(1, 'the chain is empty').max(10) }),
    ),
    tlogEntries: optional(z.array(LogEntry).max(32)),
    timestampVerificationData: optional(
      z.strictObject({
        rfc3161Timestamps: optional(z.array(z.strictObject({ signedTimestamp: bytes(64) })).max(32)),
      }),
    ),
  })
  .refine(
    ({ publicKey, certificate, x509CertificateChain }) =>
      [publicKey, certificate, x509CertificateChain].filter((one) => one != null).length === 1,
    'it names its signer in more than one way, or in none',
  );

const MessageSignature = z.strictObject({
  messageDigest: z.strictObject({
    algorithm: z.enum(['SHA2_256', 'SHA2_384', 'SHA2_512']),
    digest: bytes(1),
  }),
  signature: bytes(16),
});

const envelope = (payloadKib: number) =>
  z.strictObject({
    payload: bytes(payloadKib),
    payloadType: z.string().max(256),
    signatures: z
      .array(z.strictObject({ sig: bytes(16), keyid: optional(z.string().max(1024)) }))
      .length(1, 'an envelope here has one signature'),
  });

const bundleShape = (payloadKib: number) =>
  z
    .strictObject({
      mediaType: z.enum([
        'application/vnd.dev.sigstore.bundle+json;version=0.1',
        'application/vnd.dev.sigstore.bundle+json;version=0.2',
        'application/vnd.dev.sigstore.bundle+json;version=0.3',
        'application/vnd.dev.sigstore.bundle.v0.3+json',
      ]),
      verificationMaterial: VerificationMaterial,
      messageSignature: optional(MessageSignature),
      dsseEnvelope: optional(envelope(payloadKib)),
    })
    .refine(
      ({ messageSignature, dsseEnvelope }) => (messageSignature == null) !== (dsseEnvelope == null),
      'it holds two signatures, or none',
    );

export const BundleShape = bundleShape(16 * 1024);
/** Of our own statements, which name every one of twenty thousand documents. */
export const LargeBundleShape = bundleShape(48 * 1024);
