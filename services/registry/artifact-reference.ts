import { isAbsolute } from 'node:path';
import { CertusError } from '../../contracts/errors.ts';
import { openDistributionRegistry } from './distribution-registry.ts';
import { isLoopback } from './exchange.ts';
import { openImageLayout } from './layout-registry.ts';
import { checkReference, checkRepository } from './names.ts';
import type { Registry } from './registry.ts';

export type NamedArtifact = {
  readonly registry: Pick<Registry, 'pullManifest' | 'pullBlob' | 'downloadBlob' | 'referrers'>;
  /** Nothing for an image layout. */
  readonly repository: string;
  /** A tag, or the digest that was given. */
  readonly reference: string;
};

type Credentials = { readonly username?: string | undefined; readonly password?: string | undefined };

/**
 * What `host/repository:tag`, `…@sha256:…`, both, or `oci:/folder:tag` names. A registry is reached over TLS unless it is on
 * this machine. Where a digest is given, a tag beside it decides nothing.
 */
export function openArtifact(text: string, credentials: Credentials = {}): NamedArtifact {
  const [, before = '', digest] = /^([^@]*)(?:@(sha256:.*))?$/s.exec(text) ?? [];
  if (before.startsWith('oci:')) return inLayout(before.slice('oci:'.length), digest, text);
  const address = before.replace(/^(?:docker|oci|https|http):\/\//, '');
  const slash = address.indexOf('/');
  const host = address.slice(0, slash);
  const [, repository = '', tag] = /^([^:]*)(?::(.*))?$/s.exec(address.slice(slash + 1)) ?? [];
  if (slash <= 0 || !HOST.test(host) || !URL.canParse(`https://${host}`)) throw unreadable(text);
  const plain = new URL(`http://${host}`);
  if (before.startsWith('http://') && !isLoopback(plain))
    throw new CertusError('invalid_request', `${host} is asked over https, unless it is on this machine`);
  const url = isLoopback(plain) && !before.startsWith('https://') ? plain : new URL(`https://${host}`);
  return {
    registry: openDistributionRegistry({ url: url.href, ...credentials }),
    repository: checkRepository(repository),
    reference: checkReference(digest ?? tag ?? 'latest'),
  };
}

const HOST = /^[a-zA-Z0-9.-]{1,253}(?::\d{1,5})?$|^\[[0-9a-fA-F:]{2,45}\](?::\d{1,5})?$/;

function inLayout(place: string, digest: string | undefined, text: string): NamedArtifact {
  // a folder may have a colon in its name, and a tag has none
  const [, folder = '', tag] = /^(.*?)(?::([^:/]*))?$/s.exec(place) ?? [];
  if (!isAbsolute(folder)) throw unreadable(text);
  return {
    registry: openImageLayout(folder),
    repository: '',
    reference: checkReference(digest ?? tag ?? 'latest'),
  };
}

const unreadable = (text: string) =>
  new CertusError(
    'invalid_request',
    `Not a reference: ${JSON.stringify(text.slice(0, 200))}; give host/repository:tag, host/repository@sha256:… or oci:/folder:tag`,
  );
