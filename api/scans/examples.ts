import type { z } from 'zod';
import { ScanAccepted, type ScanCreateRequest, type ScanStatus } from '../../contracts/scan.ts';

const TEST_ID = 'test_0123456789abcdef01234567';
const DIGEST = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

/** Made once: what several routes answer is one schema of the document. */
export const AcceptedSchema = ScanAccepted.meta({ id: 'ScanAccepted' });

/** Requests that work as they stand; the tests send each of them through the schema. */
export const requestExamples: Readonly<Record<string, z.input<typeof ScanCreateRequest>>> = {
  repository: {
    component_id: 'payments',
    git_url: 'https://github.com/example/payments.git',
    branch: 'main',
  },
  directory: {
    component_id: 'payments',
    source_type: 'directory',
    directory_path: '/srv/sources/payments',
  },
  own_manifest: {
    workspace_id: 'platform',
    component_id: 'payments',
    assessment_id: 'release-2.4',
    git_url: 'git@github.com:example/payments.git',
    requested_by: 'ci@example.org',
    profile: 'release',
    manifest: {
      product: 'payments',
      version: '2.4',
      profiles: [{ name: 'release', tools: ['secrets'], thresholds: { critical: 0, high: 0 } }],
    },
  },
};

export const acceptedExample: ScanAccepted = {
  test_id: TEST_ID,
  workspace_id: 'default',
  component_id: 'payments',
  assessment_id: 'default',
  status: 'QUEUED',
  profile: 'light',
  manifest_digest: DIGEST,
  stream_url: `/v1/security-scans/${TEST_ID}/stream?workspace_id=default`,
  workflow_id: `scan/default/payments/${TEST_ID}`,
};

export const statusExample: ScanStatus = {
  test_id: TEST_ID,
  workspace_id: 'default',
  component_id: 'payments',
  assessment_id: 'default',
  status: 'RUNNING',
  verdict: null,
  source_type: 'git',
  source: 'https://github.com/example/payments.git',
  git_url: 'https://github.com/example/payments.git',
  branch: 'main',
  tag: null,
  commit: '2c26b46b68ffc68ff99b453c1d30413413422d70',
  directory_path: null,
  content_hash: DIGEST,
  origin_digest: null,
  requested_by: null,
  profile: 'light',
  manifest_digest: DIGEST,
  created_at: '2026-01-01T00:00:00.000Z',
  started_at: '2026-01-01T00:00:00.120Z',
  completed_at: null,
  steps: [
    { name: 'fetch', state: 'done' },
    { name: 'manifest', state: 'done' },
    { name: 'scan', state: 'running' },
    { name: 'gate', state: 'waiting' },
    { name: 'sign', state: 'waiting' },
    { name: 'permit', state: 'waiting' },
    { name: 'publish', state: 'waiting' },
  ],
  tools: [],
  findings: null,
  baseline_test_id: null,
  changes: null,
  violations: [],
  artifacts: {},
  bundle: null,
  bundle_digest: null,
  upload_status: 'pending',
  upload_permission_id: null,
  permit: null,
  denial_reason: null,
  golden_manifest: null,
  oci_reference: null,
  indexed: null,
  warnings: [],
  errors: [],
  stream_url: `/v1/security-scans/${TEST_ID}/stream?workspace_id=default`,
  workflow_id: `scan/default/payments/${TEST_ID}`,
};
