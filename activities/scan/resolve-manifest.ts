import { CertusError } from '../../contracts/errors.ts';
import { MAX_MANIFEST_BYTES } from '../../contracts/manifest.ts';
import type { ManifestSource, ResolvedManifest, ScanInput } from '../../contracts/workflows.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { formatOf } from '../../domain/manifest/format-of.ts';
import { parseManifest } from '../../domain/manifest/parse-manifest.ts';
import { verifyManifestSignature } from '../../domain/manifest/verify-manifest-signature.ts';
import { openPlainFile } from '../../services/files/plain-file.ts';
import type { ManifestAccess } from './manifest-access.ts';
import { readBounded } from './read-bounded.ts';
import { readUri } from './read-uri.ts';

/** The manifest of a run, read from wherever the request said, and believed only as far as it was signed. */
export async function resolveManifest(
  { manifests }: { readonly manifests: ManifestAccess },
  { manifest: source }: Pick<ScanInput, 'manifest'>,
  tree: string,
  signal?: AbortSignal,
): Promise<ResolvedManifest> {
  if (source.type === 'inline') return { manifest: source.manifest, digest: source.digest, signedBy: null };
  const fromUri = source.type === 'uri';
  const bytes = fromUri
    ? await readUri(manifests, source.uri, MAX_MANIFEST_BYTES, signal)
    : await readFromRepository(tree, source.path);
  const signedBy = fromUri ? await requireSignature(manifests, source, bytes, signal) : null;
  const format = formatOf(fromUri ? source.uri : source.path);
  const { manifest } = parseManifest(bytes, { format, checkRule: manifests.checkRule });
  return { manifest, digest: sha256(bytes), signedBy };
}

/** Only what was checked out counts: a path out of it, or a link in it, would read files of this machine. */
async function readFromRepository(tree: string, path: string): Promise<Uint8Array> {
  const segments = path.replace(/^\.\//, '').split('/');
  if (/[\\\0]/.test(path) || segments.some((segment) => ['', '.', '..'].includes(segment)))
    throw new CertusError('source_not_allowed', 'the path of the manifest must lie inside the source');
  const handle = await openPlainFile(tree, segments);
  if (handle === undefined)
    throw new CertusError(
      'manifest_not_found',
      `the source has no file ${JSON.stringify(path.slice(0, 256))}`,
    );
  return readBounded(handle, MAX_MANIFEST_BYTES);
}

/** A key that is missing here and a signature that is missing there both end the run: neither is passed over. */
async function requireSignature(
  manifests: ManifestAccess,
  { signatureUri }: Extract<ManifestSource, { type: 'uri' }>,
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  if (manifests.keys === undefined && signatureUri === null) return null;
  if (signatureUri === null)
    throw new CertusError(
      'manifest_unsigned',
      'manifests read from an address need a manifest_signature_uri here',
    );
  if (manifests.keys === undefined)
    throw new CertusError(
      'manifest_signature_invalid',
      'there is no key to check the signature with: set CERTUS_MANIFEST_KEY_FILE',
    );
  const signature = await readUri(manifests, signatureUri, MAX_MANIFEST_BYTES, signal);
  return verifyManifestSignature(bytes, signature, manifests.keys);
}
