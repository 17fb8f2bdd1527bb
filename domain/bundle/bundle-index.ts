import { type BundleFile, BundleIndex } from '../../contracts/bundle.ts';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { RunIdentity } from '../../contracts/workflows.ts';
import { sha256 } from '../custody/digest.ts';

export type SealedIndex = {
  readonly index: BundleIndex;
  readonly bytes: Uint8Array;
  /** The bundle's name: everything else in it follows from the index. */
  readonly digest: string;
};

/** The list of everything in the bundle, by files that have their final bytes; the same files give the same list. */
export function bundleIndex(
  { scope, component, assessment, testId }: RunIdentity,
  files: readonly BundleFile[],
): SealedIndex {
  const parsed = BundleIndex.safeParse({
    schema: 'https://certus.dev/bundle/v1',
    tenant: scope.tenant,
    workspace_id: scope.workspace,
    component_id: component,
    assessment_id: assessment,
    test_id: testId,
    files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  });
  // what no verifier would accept must not be signed in the first place
  if (!parsed.success)
    throw new CertusError(
      'bundle_invalid',
      `the bundle cannot be listed: ${parsed.error.issues[0]?.message}`,
    );
  const bytes = Buffer.from(`${canonicalJson(parsed.data)}\n`);
  return { index: parsed.data, bytes, digest: sha256(bytes) };
}
