import type { UploadBatchConfirmation, UploadConfirmation } from '../../contracts/execute-upload.ts';
import { permitExample } from '../permits/examples.ts';

const { upload_permission_id, scan_id } = permitExample;
const DIGEST = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const PREFIX = `s3://golden/default/default/security-scans/${scan_id}/golden/`;
const OCI = `registry.example.org/certus/default/default/payments@sha256:${DIGEST}`;
const UPLOADED_AT = '2026-01-01T00:00:04.000Z';

const request = {
  upload_permission_id,
  scan_id,
  tier: 'verified',
  artifacts: [{ name: 'findings.json', hash: `sha256:${DIGEST}`, size: 1234 }],
  metadata: { git_url: 'https://github.com/example/payments.git', branch: 'main', commit: null },
};

export const executeExamples = { verified: request };
export const batchExamples = { two: { scans: [request, { ...request, tier: 'basic' }] } };

export const confirmationExample: UploadConfirmation = {
  upload_permission_id,
  scan_id,
  status: 'success',
  uploaded_artifacts: [
    {
      name: 'findings.json',
      s3_path: `${PREFIX}findings.json`,
      oci_reference: OCI,
      hash: `sha256:${DIGEST}`,
      uploaded_at: UPLOADED_AT,
    },
  ],
  s3_prefix: PREFIX,
  oci_reference: OCI,
  error_detail: null,
  timestamp: UPLOADED_AT,
};

export const batchConfirmationExample: UploadBatchConfirmation = {
  total_scans: 2,
  successful: 1,
  failed: 1,
  pending: 0,
  results: [
    confirmationExample,
    {
      ...confirmationExample,
      status: 'failed',
      uploaded_artifacts: [],
      s3_prefix: null,
      oci_reference: null,
      error_detail: 'invalid_request: tier: is not what Trust has said with this permit',
    },
  ],
  timestamp: UPLOADED_AT,
};
