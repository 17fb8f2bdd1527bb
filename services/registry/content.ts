import { createHash } from 'node:crypto';
import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { isDigest } from './names.ts';

export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';

/** What registries take at most; more is an attack on whoever parses it. */
export const MAX_MANIFEST = 4 * 1024 * 1024;

/** What a blob may be when the caller has no better bound. */
export const MAX_BLOB = 256 * 1024 * 1024;

export const digestOf = (bytes: Uint8Array): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** The bytes, when they are what the digest names. */
export const checkBytes = (bytes: Uint8Array, digest: string, what: string): Uint8Array => {
  const actual = digestOf(bytes);
  if (actual === digest) return bytes;
  throw new CertusError(
    'digest_mismatch',
    `${what} is not what its digest says: expected ${digest}, got ${actual}`,
  );
};

export const Descriptor = z.looseObject({
  mediaType: z.string().min(1),
  digest: z.string().refine(isDigest, 'not a sha256 digest'),
  size: z.number().int().min(0),
  artifactType: z.string().optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
export type Descriptor = z.infer<typeof Descriptor>;

/** What an image manifest and an index have in common: all that deciding where their bytes belong needs. */
const ManifestShape = z.looseObject({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  artifactType: z.string().optional(),
  config: Descriptor.optional(),
  layers: z.array(Descriptor).optional(),
  manifests: z.array(Descriptor).optional(),
  subject: Descriptor.optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
export type ManifestShape = z.infer<typeof ManifestShape>;

/** Refuses before the wire what a registry would refuse, and what one that does not look would pass on. */
export const checkManifest = (bytes: Uint8Array, mediaType: string): ManifestShape => {
  if (bytes.length > MAX_MANIFEST) {
    throw new CertusError(
      'object_too_large',
      `A manifest of ${bytes.length} bytes is larger than ${MAX_MANIFEST}`,
    );
  }
  const parsed = ManifestShape.safeParse(parseJson(bytes));
  if (!parsed.success)
    throw new CertusError('registry_refused', `Not a manifest: ${z.prettifyError(parsed.error)}`);
  if (parsed.data.mediaType !== undefined && parsed.data.mediaType !== mediaType) {
    throw new CertusError(
      'registry_refused',
      `The manifest calls itself ${parsed.data.mediaType}, not ${mediaType}`,
    );
  }
  return parsed.data;
};

/** `undefined` for what is not JSON; whoever asked holds it against a schema. */
export const parseJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
};

/** How an index names a manifest: enough for a listing of referrers to need no second request. */
export const describeManifest = (
  manifest: ManifestShape,
  bytes: Uint8Array,
  mediaType: string,
): Descriptor => {
  const artifactType = manifest.artifactType ?? manifest.config?.mediaType;
  return {
    mediaType,
    digest: digestOf(bytes),
    size: bytes.length,
    ...(artifactType === undefined ? {} : { artifactType }),
  };
};
