import { CertusError } from '../../contracts/errors.ts';
import { checkManifest, type Descriptor, OCI_INDEX } from './content.ts';
import type { StoredManifest } from './registry.ts';

type Tagged = {
  readonly pull: (tag: string) => Promise<StoredManifest | undefined>;
  readonly put: (index: Uint8Array, tag: string) => Promise<unknown>;
};

/**
 * For a registry without the referrers API: the index under the tag `sha256-<hex>` that clients keep in its stead. Those
 * that are pushed side by side are added in one go, so that we do not overwrite ourselves.
 */
export const referrersFallback = (): ((
  tagged: Tagged,
  repository: string,
  subject: string,
  referrer: Descriptor,
) => Promise<void>) => {
  const waiting = new Map<string, Descriptor[]>();
  const writing = new Map<string, Promise<void>>();
  return async (tagged, repository, subject, referrer) => {
    const index = `${repository}@${subject}`;
    const next = waiting.get(index);
    if (next !== undefined) {
      next.push(referrer);
      return writing.get(index);
    }
    const added = [referrer];
    waiting.set(index, added);
    const before = writing.get(index);
    const write = async (): Promise<void> => {
      // whoever wrote before has told its own callers of its failure
      await before?.catch(() => undefined);
      waiting.delete(index);
      await addReferrers(tagged, subject, added);
    };
    const done = write().finally(() => {
      if (writing.get(index) === done) writing.delete(index);
    });
    writing.set(index, done);
    return done;
  };
};

/** The protocol has no conditional write, so we look again after writing, in case another writer overtook us. */
const addReferrers = async (tagged: Tagged, subject: string, added: readonly Descriptor[]): Promise<void> => {
  const tag = subject.replace(':', '-');
  for (let attempt = 0; attempt <= ATTEMPTS; attempt += 1) {
    const manifests = await readReferrers(tagged, tag);
    const known = new Set(manifests.map(({ digest }) => digest));
    const missing = new Map(added.map((each) => [each.digest, each] as const));
    for (const digest of known) missing.delete(digest);
    if (missing.size === 0) return;
    if (attempt === ATTEMPTS) break;
    const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [...manifests, ...missing.values()] };
    await tagged.put(Buffer.from(JSON.stringify(index)), tag);
  }
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
