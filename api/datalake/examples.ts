import type { DatalakeIngestAnswer, PreprocessAnswer } from '../../contracts/datalake.ts';

export const preprocessExample: PreprocessAnswer = {
  message: 'Promoted 1 of 2 documents',
  promotion_id: 'docs_0123456789abcdef01234567',
  state: 'promoted',
  promoted: ['default/default/documents/docs_0123456789abcdef01234567/golden/documents/active/readme.md'],
  failed: [{ key: 'active/customers.csv', error: 'privacy_held' }],
};

export const ingestAnswerExample: DatalakeIngestAnswer = {
  message: 'Indexed s3://handbook/policies/leave.pdf',
  ingestion_id: 'ing_0123456789abcdef01234567',
  state: 'done',
  ingested: 1,
  failed: 0,
  document_count: 12,
};
