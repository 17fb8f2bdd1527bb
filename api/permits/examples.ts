import type { AttachedView, UploadPermission } from '../../contracts/permission.ts';
import { PREDICATE, SIGSTORE_BUNDLE_MEDIA_TYPE } from '../../contracts/statements.ts';

const TEST_ID = 'test_0123456789abcdef01234567';
const PERMIT_ID = `permit_${'0123456789abcdef'.repeat(2)}`;
const DIGEST = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const KEY = '3f'.repeat(16);

export const orderId = `order_${'0123456789abcdef'.repeat(2)}`;

export const permitExample: UploadPermission = {
  upload_permission_id: PERMIT_ID,
  scan_id: TEST_ID,
  tier: 'verified',
  permitted: true,
  decided_at: '2026-01-01T00:00:02.000Z',
  reason: null,
  detail: null,
  violations: [],
  shadow: null,
  policy_digest: DIGEST,
  bypass: null,
  expires_at: '2026-01-02T00:00:02.000Z',
  transparency_entry: { entry_id: DIGEST, index: 7 },
  verification_proof: {
    chain_verified: true,
    inner_signature_valid: true,
    outer_signature_valid: true,
    chain_unbroken: true,
    signer_inner: KEY,
    signer_outer: '5c'.repeat(16),
    sigstore_timestamp: null,
    verification_timestamp: '2026-01-01T00:00:02.000Z',
    rekor_entry_uuid: null,
    cosign_signature: 'MEUCIQ==',
  },
  storage_config: {
    raw_s3_bucket: 'certus-raw',
    raw_s3_prefix: `default/default/security-scans/${TEST_ID}/incoming/`,
    oci_registry: 'registry:5000',
    oci_repository: 'certus/default/default/payments',
    upload_to_s3: true,
    upload_to_oci: true,
  },
};

export const permitBundleExample = {
  mediaType: SIGSTORE_BUNDLE_MEDIA_TYPE,
  verificationMaterial: { publicKey: { hint: '5c'.repeat(16) } },
  dsseEnvelope: {
    payload: 'eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEifQ==',
    payloadType: 'application/vnd.in-toto+json',
    signatures: [{ sig: 'MEUCIQ==' }],
  },
};

export const deniedExample: UploadPermission = {
  ...permitExample,
  permitted: false,
  reason: 'policy_violation',
  detail: '2 findings are critical, and 0 may be',
  violations: [{ rule: 'threshold:critical', message: '2 findings are critical, and 0 may be' }],
  expires_at: null,
  storage_config: null,
};

export const requestExamples = {
  verified: {
    scan_id: TEST_ID,
    tier: 'verified',
    inner_signature: { signer: KEY },
    artifacts: [{ name: 'findings.json', hash: `sha256:${DIGEST}`, size: 1234 }],
    metadata: { git_url: 'https://github.com/example/payments.git', branch: 'main', commit: null },
    storage_destinations: { raw_s3: true, oci_registry: true },
  },
};

export const breakGlassExample = {
  test_id: TEST_ID,
  reason: 'the fix for an incident must go out before the policy can be met',
  until: '2026-01-02T00:00:00.000Z',
};

export const bypassedExample: UploadPermission = {
  ...permitExample,
  tier: 'basic',
  bypass: {
    order_id: orderId,
    by: 'local',
    reason: breakGlassExample.reason,
    until: breakGlassExample.until,
    instead_of: { reason: 'policy_violation', violations: deniedExample.violations },
  },
};

export const statementExample = {
  bundle: {
    mediaType: SIGSTORE_BUNDLE_MEDIA_TYPE,
    verificationMaterial: { publicKey: { hint: KEY } },
    dsseEnvelope: {
      payload: 'e30=',
      payloadType: 'application/vnd.in-toto+json',
      signatures: [{ sig: 'MEUCIQ==' }],
    },
  },
};

export const attachedExample: AttachedView = {
  test_id: TEST_ID,
  digest: DIGEST,
  predicate_type: PREDICATE.endorsement,
  key_id: KEY,
  attached_at: '2026-01-01T00:00:03.000Z',
};
