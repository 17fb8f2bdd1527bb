import { BUNDLE } from '../../contracts/bundle.ts';
import type { LookedAt, VerificationStatement } from '../../contracts/signing.ts';
import { PREDICATE, STATEMENT_TYPE } from '../../contracts/statements.ts';
import type { ActualFiles, CheckedEvidence } from './check-evidence.ts';
import { sha256 } from './digest.ts';

export type VerificationFacts = {
  readonly evidence: CheckedEvidence;
  readonly locations: readonly LookedAt[];
  readonly version: string;
  readonly verifiedAt: Date;
};

/** Trust's word that a bundle is what its tenant signed. It says nothing of whether it may be published. */
export function verificationStatement({
  evidence: { index, bundleDigest, provenanceDigest, key },
  locations,
  version,
  verifiedAt,
}: VerificationFacts): VerificationStatement {
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name: BUNDLE.index, digest: { sha256: bundleDigest } }],
    predicateType: PREDICATE.verification,
    predicate: {
      verifier: { id: 'https://certus.dev/trust', version: { certus: version } },
      timeVerified: verifiedAt.toISOString(),
      tenant: index.tenant,
      workspace: index.workspace_id,
      test_id: index.test_id,
      assessment_id: index.assessment_id,
      provenance: { digest: { sha256: provenanceDigest }, signer: key.id },
      content: { digest: { sha256: signedContent({ index, bundleDigest }) } },
      locations: [...locations],
    },
  };
}

/** What a place must hold to hold this bundle. */
export const signedContent = ({
  index,
  bundleDigest,
}: Pick<CheckedEvidence, 'index' | 'bundleDigest'>): string =>
  contentDigest([
    [BUNDLE.index, bundleDigest],
    ...index.files.map(({ path, sha256: it }) => [path, it] as const),
  ]);

/** What a place holds in truth: the index and every other file of evidence there. */
export const actualContent = (files: ActualFiles): string =>
  contentDigest([...files].map(([path, { sha256: digest }]) => [path, digest] as const));

const contentDigest = (files: readonly (readonly [path: string, digest: string])[]): string =>
  sha256(JSON.stringify(files.toSorted(([a], [b]) => (a < b ? -1 : 1))));
