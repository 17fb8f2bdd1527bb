import type { SignatureSet, SignedArtifact } from '../../contracts/signing.ts';
import { SIGSTORE_BUNDLE_MEDIA_TYPE } from '../../contracts/statements.ts';

const ID = `sign_${'0123456789abcdef'.repeat(2)}`;
const KEY = '9f'.repeat(16);
const entry = { uuid: 'ab'.repeat(32), index: 7, timestamp: '2026-01-01T00:00:00.000Z' };

export const bundleExample = {
  mediaType: SIGSTORE_BUNDLE_MEDIA_TYPE,
  verificationMaterial: { publicKey: { hint: KEY } },
  messageSignature: {
    messageDigest: { algorithm: 'SHA2_256', digest: 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=' },
    signature: 'MEUCIQ==',
  },
};

export const setExample: SignatureSet = {
  signature_id: ID,
  status: 'done',
  entry_id: entry.uuid,
  signature: 'MEUCIQ==',
  certificate: null,
  transparency_entry: entry,
  signatures: [
    {
      item: 0,
      kind: 'message',
      subjects: ['2c'.repeat(32)],
      predicate_type: null,
      key_id: KEY,
      digest: '5f'.repeat(32),
      transparency_entry: entry,
    },
  ],
  bundles: [bundleExample],
  code: null,
  message: null,
};

export const pendingExample: SignatureSet = {
  ...setExample,
  status: 'pending',
  entry_id: null,
  signature: null,
  transparency_entry: null,
  signatures: [],
  bundles: [],
};

export const artifactExample: SignedArtifact = {
  status: 'signed',
  signature_id: ID,
  assessment_id: 'default',
  outer_signature: {
    signer: KEY,
    timestamp: entry.timestamp,
    signature: 'MEUCIQ==',
    sigstore_entry_id: entry.uuid,
    transparency_log_url: `/v1/transparency/${entry.uuid}`,
  },
  verification_proof: {
    inner_signatures_verified: true,
    artifact_locations_valid: true,
    chain_of_custody: 'maintained',
    both_locations_identical: true,
  },
  bundle: bundleExample,
};

export const pendingArtifactExample: SignedArtifact = {
  ...artifactExample,
  status: 'pending',
  assessment_id: null,
  outer_signature: null,
  verification_proof: null,
  bundle: null,
};

export const signExamples = {
  content: { items: [{ name: 'release.txt', artifact: 'aGVsbG8=' }] },
  statement: {
    environment: 'production',
    items: [
      {
        subject: [{ name: 'app.tar', digest: { sha256: '2c'.repeat(32) } }],
        predicate_type: 'https://example.org/review/v1',
        predicate: { reviewed: true },
      },
    ],
  },
  of_old: { artifact: 'aGVsbG8=', artifact_type: 'text/plain', subject: 'release.txt' },
};
