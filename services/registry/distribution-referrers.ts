import { CertusError } from '../../contracts/errors.ts';
import { checkManifest, type Descriptor, OCI_INDEX } from './content.ts';
import type { Answer } from './exchange.ts';
import { checkDigest, checkRepository } from './names.ts';
import { nextPage } from './next-page.ts';
import type { StoredManifest } from './registry.ts';

type Asked = {
  readonly get: (target: URL) => Promise<Answer>;
  readonly pull: (tag: string) => Promise<StoredManifest | undefined>;
  readonly registry: URL;
};

/**
 * What refers to a digest: every page of the registry's own listing, or the index that clients keep under a tag where the
 * registry has none. Anybody who may push writes there: nothing of it is believed.
 */
export const listReferrers = async (
  { get, pull, registry }: Asked,
  repository: string,
  digest: string,
): Promise<Descriptor[]> => {
  const found: Descriptor[] = [];
  let next: URL | undefined = new URL(
    `/v2/${checkRepository(repository)}/referrers/${checkDigest(digest)}`,
    registry,
  );
  for (let page = 0; next !== undefined; page += 1) {
    if (page === MAX_PAGES || next.origin !== registry.origin)
      throw refused(repository, `a next page at ${next.origin}`);
    const answer = await get(next);
    if (answer.status === 404) return page === 0 ? tagged(await pull(digest.replace(':', '-'))) : found;
    found.push(...(checkManifest(answer.bytes, OCI_INDEX).manifests ?? []));
    next = nextPage(answer, next);
  }
  return found;
};

const MAX_PAGES = 100;

const tagged = (stored: StoredManifest | undefined): Descriptor[] =>
  stored === undefined ? [] : (checkManifest(stored.bytes, stored.mediaType).manifests ?? []);

const refused = (repository: string, what: string) =>
  new CertusError('registry_refused', `The registry answers for what refers to ${repository} with ${what}`);
