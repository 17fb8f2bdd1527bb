import type { DigestLookup, Provenance, TaintedList } from '../../contracts/provenance.ts';
import { linkExamples } from '../verification/chain-examples.ts';

const TEST_ID = 'test_0123456789abcdef01234567';
const DIGEST = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const KEY = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
const PERMIT = 'permit_0123456789ab';
const AT = '2026-01-01T00:00:00.000Z';

export const documentExample: Provenance = {
  scan_id: TEST_ID,
  workspace_id: 'default',
  manifest: { version: '2.4', digest: DIGEST, signed_by: null, signed_at: null },
  scans: [
    {
      tool: 'secrets',
      version: '1.0.0',
      outcome: 'completed',
      signed_by: KEY,
      verified_by: '00112233445566778899aabbccddeeff',
      timestamp: AT,
    },
  ],
  verification_trail: [
    { timestamp: AT, verifier: 'certus-trust', result: 'passed', details: `${PERMIT} given, tier verified` },
  ],
  storage_locations: {
    s3: `s3://golden/default/default/security-scans/${TEST_ID}/golden`,
    oci: null,
    checked: 'golden',
  },
  links: linkExamples,
  sanitized: { masked: 0, withheld: 0, released: 0 },
  chain_status: 'complete',
  trust_level: 'high',
  reasons: [{ code: 'verified', message: 'every link holds, signed for production and written to the log' }],
};

const run = { workspace_id: 'default', test_id: TEST_ID };

export const lookupExample: DigestLookup = {
  digest: DIGEST,
  bundles: [{ ...run, kind: 'file', name: 'findings.json', component_id: 'payments', bundle_digest: DIGEST }],
  permits: [
    {
      ...run,
      permit_id: PERMIT,
      permitted: true,
      tier: 'verified',
      reason: null,
      bypass: false,
      decided_at: AT,
      expires_at: '2026-01-02T00:00:00.000Z',
      tainted: [],
      log_entry_id: DIGEST,
    },
  ],
  promotions: [
    {
      ...run,
      upload_status: 'uploaded',
      golden_manifest: `s3://golden/default/default/security-scans/${TEST_ID}/golden-manifest.json`,
      oci_reference: null,
    },
  ],
  violations: [],
  truncated: false,
};

export const taintedExample: TaintedList = {
  key_id: KEY,
  runs: [
    {
      ...run,
      permit_id: PERMIT,
      bundle_digest: DIGEST,
      component: 'payments',
      assessment: 'default',
      upload_status: 'quarantined',
      golden_manifest: null,
      oci_reference: null,
    },
  ],
  next_cursor: null,
};
