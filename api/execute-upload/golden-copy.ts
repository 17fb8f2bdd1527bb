import { GoldenManifest } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { jsonOf } from '../../contracts/json-of.ts';
import { goldenManifestKey, goldenPrefix } from '../../contracts/object-keys.ts';
import { verifyBundle } from '../../domain/custody/verify-bundle.ts';
import { tenantKeys } from '../../services/keys/tenant-keys.ts';
import type { ApiDeps } from '../deps.ts';
import { readBundle } from '../provenance/read-bundle.ts';

type Deps = Pick<ApiDeps, 'database' | 'objects' | 'trust'>;

export type GoldenCopy = {
  readonly manifest: GoldenManifest;
  /** What of it does not hold; null when every file and every signature does. */
  readonly fault: string | null;
};

const MAX_MANIFEST = 16 * 1024 * 1024;

/** What golden really holds of a run: every file hashed, and the whole chain over them verified, before anybody is told of success. */
export async function goldenCopy(
  { database, objects, trust }: Deps,
  scope: Scope,
  testId: string,
  permitted: { readonly permitId: string; readonly bundleDigest: string },
): Promise<GoldenCopy> {
  const [manifest, found, keySet] = await Promise.all([
    readManifest(objects, scope, testId),
    readBundle(objects, scope, testId, Number.POSITIVE_INFINITY),
    tenantKeys(database, trust.keySet, scope.tenant),
  ]);
  if (manifest.permit_id !== permitted.permitId)
    throw new CertusError('not_uploadable', `this scan was published on ${manifest.permit_id}`);
  if (manifest.bundle_digest !== permitted.bundleDigest || manifest.prefix !== goldenPrefix(scope, testId))
    return { manifest, fault: 'the golden manifest is of another bundle' };
  if (found?.store !== 'golden') return { manifest, fault: 'the golden copy is not there' };
  if (found.content.unread !== null) return { manifest, fault: `not verified: ${found.content.unread}` };
  const { verified, bundleDigest, links } = verifyBundle(found.content, keySet);
  if (verified && bundleDigest === permitted.bundleDigest) return { manifest, fault: null };
  const broken = links.find(({ holds }) => !holds);
  return { manifest, fault: `the golden copy does not verify: ${broken?.detail ?? 'it is another bundle'}` };
}

async function readManifest(
  { golden }: ApiDeps['objects'],
  scope: Scope,
  testId: string,
): Promise<GoldenManifest> {
  const bytes = await golden.read(goldenManifestKey(scope, testId), MAX_MANIFEST);
  const parsed = GoldenManifest.safeParse(jsonOf(bytes));
  if (!parsed.success) throw new CertusError('bundle_invalid', 'the golden manifest cannot be read');
  return parsed.data;
}
