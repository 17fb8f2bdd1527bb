import type { IndexStatusView } from '../../contracts/reindex.ts';
import type { SearchAnswer } from '../../contracts/search.ts';

const DOCUMENT = '5e9d2fb1c4a8f00b7d3a6c1e2b4f8a90c7d1e3f5a7b9c1d3e5f7a9b1c3d5e7f9';
const TEXT = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const INGESTION = 'ing_0123456789abcdef01234567';
const SOURCE = 'source_0123456789abcdef01234567';

export const searchExample: SearchAnswer = {
  total: 2,
  hits: [
    {
      id: 'finding/payments/4f6f…',
      kind: 'finding',
      title: 'Private key in a source file',
      text: '-----BEGIN RSA PRIVATE KEY-----…',
      highlights: ['«private» «key» in a source file'],
      score: 0.8,
      severity: 'critical',
      rule: 'private-key',
      tool: 'secrets',
      path: 'deploy/id_rsa',
      start_line: 1,
      component_id: 'payments',
      test_id: 'test_0123456789abcdef01234567',
      captured_at: '2026-01-01T00:00:00.000Z',
    },
    {
      id: `${SOURCE}/docs/keys.md#2`,
      kind: 'document',
      title: 'Handling keys',
      text: 'A private key never leaves the machine it was made on. Ask [NAME] for …',
      highlights: ['A «private key» never leaves'],
      score: 0.5,
      path: 'docs/keys.md',
      source: 'git',
      source_id: SOURCE,
      location: 'https://git.example.org/handbook.git docs/keys.md',
      ingestion_id: INGESTION,
      document_id: DOCUMENT,
      language: 'en',
      labels: ['security'],
      envelope: {
        version: '1.0',
        workspace_id: 'default',
        ingestion_id: INGESTION,
        document_id: DOCUMENT,
        source: 'git',
        source_location: 'https://git.example.org/handbook.git docs/keys.md',
        content_hash: TEXT,
        captured_at: '2026-01-01T00:00:00.000Z',
        extra: { commit: '1f0c3d2e' },
        tenant: 'default',
        access_labels: ['security'],
        language: 'en',
        sanitizer: 'personal-data 4, secrets 2',
        golden: null,
      },
      captured_at: '2026-01-01T00:00:00.000Z',
    },
  ],
  next_cursor: null,
};

export const indexStatusExample: IndexStatusView = {
  engine: 'opensearch',
  index: 'certus-search-v1',
  version: 1,
  wanted_version: 2,
  documents: 120_000,
  state: 'reindexing',
  converted: 40_000,
  kept: [],
  run: { state: 'running', started_at: '2026-01-01T00:00:00.000Z', error: null },
};
