import type { PromotionView } from '../../contracts/promotion.ts';

const SHA = 'a'.repeat(64);
const PREFIX = 'default/default/documents/docs_0123456789abcdef01234567';

export const promotionExample: PromotionView = {
  promotion_id: 'docs_0123456789abcdef01234567',
  workspace_id: 'default',
  kind: 'documents',
  component_id: 'documents',
  state: 'promoted',
  documents: 2,
  bytes: 4096,
  clean: 1,
  masked: 0,
  withheld: 1,
  outstanding: 1,
  permit_id: `permit_${'1'.repeat(32)}`,
  denial: null,
  golden_manifest: `s3://golden/${PREFIX}/golden-manifest.json`,
  oci_reference: null,
  transparency_index: 17,
  requested_by: 'local',
  created_at: '2026-01-01T00:00:00.000Z',
  ended_at: '2026-01-01T00:00:02.000Z',
  error: null,
  promoted: [`${PREFIX}/golden/documents/active/readme.md`],
  items: [
    {
      name: 'active/customers.csv',
      sha256: 'b'.repeat(64),
      size: 3072,
      outcome: 'withheld',
      kinds: [{ type: 'EMAIL_ADDRESS', count: 12 }],
      golden_key: null,
      review_id: `review_${'2'.repeat(32)}`,
      review_state: 'open',
    },
    {
      name: 'active/readme.md',
      sha256: SHA,
      size: 1024,
      outcome: 'clean',
      kinds: [],
      golden_key: `${PREFIX}/golden/documents/active/readme.md`,
      review_id: null,
      review_state: null,
    },
  ],
  next_cursor: null,
};

export const requestExamples = {
  keys: { keys: ['active/readme.md', 'default/default/incoming/active/customers.csv'] },
  prefix: { workspace_id: 'default', prefix: 'active/', destinations: ['golden'] },
};
