import type { X509Certificate } from '@sigstore/core';
import { TrustedRoot as RootMessage } from '@sigstore/protobuf-specs';
import { type TrustMaterial, toTrustMaterial } from '@sigstore/verify';
import { z } from 'zod';
import { SigstoreError } from './sigstore-error.ts';
import { readStrictJson } from './strict-json.ts';

/** The authorities and logs that a verifier believes, each for a time; made once and used for many bundles. */
export type TrustedRoot = Omit<TrustMaterial, 'publicKey'>;

const MAX_ROOT_BYTES = 4 * 1024 * 1024;

export function parseTrustedRoot(bytes: Uint8Array): TrustedRoot {
  try {
    return trustedRootFrom(readStrictJson(bytes, MAX_ROOT_BYTES));
  } catch (error) {
    if (error instanceof SyntaxError) throw unusable(error.message);
    throw error;
  }
}

export function trustedRootFrom(json: unknown): TrustedRoot {
  const shape = RootShape.safeParse(json);
  if (!shape.success) {
    const [issue] = shape.error.issues;
    throw unusable(`${issue?.path.join('.') || 'file'}: ${issue?.message ?? 'not as expected'}`);
  }
  let material: TrustMaterial;
  try {
    material = toTrustMaterial(RootMessage.fromJSON(json));
  } catch (error) {
    throw unusable('it holds a key or a certificate that cannot be read', error);
  }
  const { publicKey: _, ...root } = material;
  for (const { certChain } of [...root.certificateAuthorities, ...root.timestampAuthorities])
    for (const certificate of certChain) encodeOnce(certificate);
  return root;
}

/** The library writes a certificate anew each time it compares two: for authorities, a third of its work per bundle. */
function encodeOnce({ root, tbsCertificate }: X509Certificate): void {
  for (const part of [root, tbsCertificate]) {
    const der = part.toDER();
    part.toDER = () => der;
  }
}

/** Without its start the time would reach back for ever: what a key signed before it was anybody's would count. */
const Interval = z
  .object({ start: z.iso.datetime({ offset: true }), end: z.iso.datetime({ offset: true }).nullish() })
  .refine(
    ({ start, end }) => end == null || Date.parse(start) <= Date.parse(end),
    'it ends before it starts',
  );

const Log = z.object({
  baseUrl: z.string().min(1).max(1024),
  publicKey: z.object({ rawBytes: z.base64().min(1), validFor: Interval }),
});
const Authority = z.object({
  certChain: z.object({
    certificates: z
      .array(z.object({ rawBytes: z.base64().min(1) }))
      .min(1)
      .max(16),
  }),
  validFor: Interval,
});
const many = <T extends z.ZodType>(schema: T) => z.array(schema).max(256).nullish();

const RootShape = z.object({
  mediaType: z
    .string()
    .regex(/^application\/vnd\.dev\.sigstore\.trustedroot(?:\+json;version=0\.[12]|\.v0\.[12]\+json)$/),
  tlogs: many(Log),
  ctlogs: many(Log),
  certificateAuthorities: many(Authority),
  timestampAuthorities: many(Authority),
});

const unusable = (why: string, cause?: unknown) =>
  new SigstoreError('trusted_root_invalid', `it is not a trusted root: ${why.slice(0, 300)}`, cause);
