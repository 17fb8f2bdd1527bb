import { CertusError } from '../../contracts/errors.ts';
import { checkManifest, type Descriptor, OCI_INDEX } from './content.ts';
import type { StoredManifest } from './registry.ts';

type Tagged = {
  readonly pull: (tag: string) => Promise<StoredManifest | undefined>;
  readonly put: (index: Uint8Array, tag: string) => Promise<unknown>;
};

/**
 * For a registry without the referrers API: the index under the tag `sha256-<hex>` that clients keep in its stead.
 * The protocol has no conditional write, so we look again after writing, in case another writer overtook us.
 */
export const addReferrer = async (tagged: Tagged, subject: string, referrer: Descriptor): Promise<void> => {
  const tag = subject.replace(':', '-');
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const manifests = await readReferrers(tagged, tag);
    if (manifests.some(({ digest }) => digest === referrer.digest)) return;
    const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [...manifests, referrer] };
    await tagged.put(Buffer.from(JSON.stringify(index)), tag);
  }
  if ((await readReferrers(tagged, tag)).some(({ digest }) => digest === referrer.digest)) return;
  throw new CertusError(
    'dependency_unavailable',
    `Other writers kept overwriting the referrers of ${subject}`,
  );
};

const ATTEMPTS = 5;

const readReferrers = async ({ pull }: Tagged, tag: string): Promise<Descriptor[]> => {
  const stored = await pull(tag);
  return stored === undefined ? [] : (checkManifest(stored.bytes, stored.mediaType).manifests ?? []);
};
