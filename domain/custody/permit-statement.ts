import { BUNDLE } from '../../contracts/bundle.ts';
import type { Bypass } from '../../contracts/denial.ts';
import { type PermitStatement, PREDICATE, STATEMENT_TYPE } from '../../contracts/statements.ts';
import type { Destination, Tier } from '../../contracts/trust-policy.ts';
import type { CheckedBundle } from './check-evidence.ts';

/** The very policy that was applied: a changed rule has another digest. */
export type AppliedPolicy = { readonly uri: string; readonly digest: string };

export type PermitTerms = {
  readonly id: string;
  readonly evidence: CheckedBundle;
  readonly tier: Tier;
  readonly bypass?: Bypass | undefined;
  readonly destinations: readonly Destination[];
  readonly policy: AppliedPolicy;
  /** Digests of further statements that counted. */
  readonly counted: readonly { readonly predicateType: string; readonly digest: string }[];
  readonly version: string;
  readonly decidedAt: Date;
  readonly expiresAt: Date;
};

/** Trust's signed yes, bound to the bundle's digest and to the provenance that came with it. */
export function permitStatement(terms: PermitTerms): PermitStatement {
  const { index, bundleDigest, provenanceDigest } = terms.evidence;
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name: BUNDLE.index, digest: { sha256: bundleDigest } }],
    predicateType: PREDICATE.permit,
    predicate: {
      verifier: { id: 'https://certus.dev/trust', version: { certus: terms.version } },
      timeVerified: terms.decidedAt.toISOString(),
      resourceUri: `certus:${index.tenant}/${index.workspace_id}/${index.component_id}/${index.test_id}`,
      policy: { uri: terms.policy.uri, digest: { sha256: terms.policy.digest } },
      inputAttestations: [
        { uri: BUNDLE.provenance, digest: { sha256: provenanceDigest } },
        ...terms.counted.map(({ predicateType, digest }) => ({
          uri: predicateType,
          digest: { sha256: digest },
        })),
      ],
      verificationResult: 'PASSED',
      verifiedLevels: levelsOf(terms),
      slsaVersion: '1.0',
      certus_permit: {
        id: terms.id,
        tier: terms.tier,
        ...(terms.bypass === undefined ? {} : { bypass: terms.bypass }),
        tenant: index.tenant,
        workspace: index.workspace_id,
        test_id: index.test_id,
        destinations: [...terms.destinations],
        expires_at: terms.expiresAt.toISOString(),
      },
    },
  };
}

/** No more than was looked at: a permit of less must not read like one of more. */
function levelsOf({ tier, bypass }: PermitTerms): string[] {
  if (bypass !== undefined) return ['CERTUS_HASHES_MATCH', 'CERTUS_BYPASSED'];
  if (tier === 'basic') return ['CERTUS_HASHES_MATCH'];
  return ['CERTUS_HASHES_MATCH', 'CERTUS_EVIDENCE_INTACT', 'CERTUS_POLICY_PASSED'];
}
