import type { z } from 'zod';
import type { ChainLink, VerifyChainAnswer, VerifyChainRequest } from '../../contracts/provenance.ts';

const TEST_ID = 'test_0123456789abcdef01234567';
const INNER = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
const OUTER = '00112233445566778899aabbccddeeff';
const AT = '2026-01-01T00:00:00.000Z';

export const requestExamples: Readonly<Record<string, z.input<typeof VerifyChainRequest>>> = {
  scan: { scan_id: TEST_ID, workspace_id: 'default' },
  locations: {
    artifact_locations: { s3: `s3://golden/default/default/security-scans/${TEST_ID}/golden` },
    signatures: { inner: { signer: INNER }, outer: { signer: OUTER } },
  },
};

const holding = (link: ChainLink['link'], signer: string | null, detail: string): ChainLink => ({
  link,
  state: 'holds',
  signer,
  at: AT,
  detail,
  fault: null,
});

export const linkExamples: ChainLink[] = [
  holding('files', null, '18 files have the digests that bundle.json lists'),
  holding('inner_signature', INNER, 'signed for https://certus.dev/assurance'),
  holding('permit', OUTER, 'permit_0123456789ab, tier verified, usable until 2026-01-02T00:00:00.000Z'),
  holding('log', null, 'the permit stands in the log, under a checkpoint that it has signed'),
  holding('promotion', OUTER, 'promoted by permit_0123456789ab'),
];

export const answerExample: VerifyChainAnswer = {
  scan_id: TEST_ID,
  chain_verified: true,
  inner_signature_valid: true,
  outer_signature_valid: true,
  chain_unbroken: true,
  signer_inner: INNER,
  signer_outer: OUTER,
  sigstore_timestamp: AT,
  artifact_locations: {
    s3_valid: true,
    registry_valid: null,
    digests_match: null,
    content_identical: null,
  },
  non_repudiation: {
    assurance_accountable: true,
    trust_verified: true,
    timestamp_authority: null,
    provenance_chain: true,
  },
  links: linkExamples,
  sanitized: { masked: 0, withheld: 0, released: 0 },
  contradictions: [],
};
