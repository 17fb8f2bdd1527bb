import { BUNDLE } from '../../contracts/bundle.ts';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { type PermitStatement, PREDICATE, STATEMENT_TYPE } from '../../contracts/statements.ts';
import type { CheckedEvidence } from './check-evidence.ts';
import { sha256 } from './digest.ts';

/** The one rule of this release, in words; its digest is in every permit, so that a changed rule shows. */
export const PERMIT_POLICY = {
  uri: 'https://certus.dev/policy/evidence-integrity/v1',
  rules: [
    "the provenance carries a valid signature of an evidence key trusted for the bundle's tenant",
    'every file of the bundle has the digest and size that were signed, and there is no other file',
    'the evidence is not older than the limit and not from the future',
  ],
} as const;

export type PermitFacts = {
  readonly id: string;
  readonly evidence: CheckedEvidence;
  readonly version: string;
  readonly decidedAt: Date;
  readonly expiresAt: Date;
};

/** Trust's signed yes, bound to the bundle's digest and to the provenance that was verified. */
export function permitStatement({
  id,
  evidence,
  version,
  decidedAt,
  expiresAt,
}: PermitFacts): PermitStatement {
  const { index, bundleDigest, provenanceDigest } = evidence;
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name: BUNDLE.index, digest: { sha256: bundleDigest } }],
    predicateType: PREDICATE.permit,
    predicate: {
      verifier: { id: 'https://certus.dev/trust', version: { certus: version } },
      timeVerified: decidedAt.toISOString(),
      resourceUri: `certus:${index.tenant}/${index.workspace_id}/${index.component_id}/${index.test_id}`,
      policy: { uri: PERMIT_POLICY.uri, digest: { sha256: sha256(canonicalJson(PERMIT_POLICY)) } },
      inputAttestations: [{ uri: BUNDLE.provenance, digest: { sha256: provenanceDigest } }],
      verificationResult: 'PASSED',
      verifiedLevels: ['CERTUS_EVIDENCE_INTACT'],
      slsaVersion: '1.0',
      certus_permit: {
        id,
        tier: 'verified',
        tenant: index.tenant,
        workspace: index.workspace_id,
        test_id: index.test_id,
        destinations: ['golden', 'oci'],
        expires_at: expiresAt.toISOString(),
      },
    },
  };
}
