import { CertusError } from '../../contracts/errors.ts';
import { checkManifest } from '../../services/registry/content.ts';
import { isLoopback } from '../../services/registry/exchange.ts';
import type { ManifestAccess } from './manifest-access.ts';

/** The first layer of an artifact: what `oras push registry/name:tag manifest.yaml` put there. */
export async function readArtifact(
  { registries, openRegistry }: Pick<ManifestAccess, 'registries' | 'openRegistry'>,
  uri: string,
  maxBytes: number,
): Promise<Uint8Array> {
  const { host, repository, reference } = parse(uri);
  if (!registries.includes(host))
    throw new CertusError(
      'source_not_allowed',
      'the registry of the manifest is not among CERTUS_SOURCE_REGISTRIES',
    );
  const registry = await openRegistry(addressOf(host));
  const stored = await registry.pullManifest(repository, reference);
  if (stored === undefined)
    throw new CertusError('manifest_not_found', `the registry has no ${repository} of this tag or digest`);
  const { layers = [] } = checkManifest(stored.bytes, stored.mediaType);
  const [first] = layers;
  if (first === undefined)
    throw new CertusError('manifest_invalid', `${repository} is not an artifact with a file in it`);
  return registry.pullBlob(repository, first.digest, maxBytes);
}

/** With a digest the tag is only for people: what it points to today does not matter. */
function parse(uri: string) {
  const parts =
    /^oci:\/\/([A-Za-z0-9.-]+(?::\d{1,5})?)\/([^:@]+)(?::([^:@/]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(uri);
  const [, host, repository, tag, digest] = parts ?? [];
  const reference = digest ?? tag;
  if (host === undefined || repository === undefined || reference === undefined)
    throw new CertusError(
      'invalid_request',
      'the address of the manifest is not oci://registry/repository:tag or oci://registry/repository@sha256:…',
    );
  return { host: host.toLowerCase(), repository, reference };
}

/** Plain HTTP is for a registry on this machine and for no other. */
function addressOf(host: string): string {
  const plain = `http://${host}`;
  return isLoopback(new URL(plain)) ? plain : `https://${host}`;
}
