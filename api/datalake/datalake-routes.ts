import { z } from 'zod';
import {
  DatalakeIngestAnswer,
  DatalakeIngestBatchRequest,
  DatalakeIngestRequest,
  PreprocessAnswer,
  PreprocessBatchRequest,
  PreprocessRequest,
} from '../../contracts/datalake.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { ingestAnswerExample, preprocessExample } from './examples.ts';
import { ingestFromLake } from './ingest-from-lake.ts';
import { lakeSource } from './lake-source.ts';
import { preprocess } from './preprocess.ts';

/** The lake of the earlier system: what people brought, what golden shows, and buckets that are sources. */
export function datalakeRoutes(deps: ApiDeps): Route[] {
  return [preprocessOne(deps), preprocessBatch(deps), ingestOne(deps), ingestBatch(deps)];
}

const headers = z.object({ Location: z.string() });
const Preprocessed = PreprocessAnswer.meta({ id: 'PreprocessAnswer' });
const preprocessed = {
  202: {
    description: 'Accepted; ask the promotion in `Location` for how it goes.',
    schema: Preprocessed,
    example: preprocessExample,
    headers,
  },
};
const promoting = ['invalid_request', 'not_found', 'payload_too_large', 'dependency_unavailable'] as const;

const preprocessOne = (deps: ApiDeps) =>
  route({
    method: 'post',
    path: '/v1/datalake/preprocess',
    id: 'preprocessDocument',
    summary: 'Promote one document to golden',
    description:
      'As POST /v1/promotions/golden does it, of which this is the earlier name: where it lies in golden follows from its run. ' +
      'It is indexed by itself.',
    tag: 'documents',
    auth: 'token',
    body: {
      schema: PreprocessRequest.meta({ id: 'PreprocessRequest' }),
      examples: { one: { source_key: 'active/handbook.md' } },
    },
    answers: preprocessed,
    errors: promoting,
    handle: ({ principal, body: { workspace_id, source_key } }) =>
      preprocess(deps, principal, { workspace_id, keys: [source_key] }),
  });

const preprocessBatch = (deps: ApiDeps) =>
  route({
    method: 'post',
    path: '/v1/datalake/preprocess/batch',
    id: 'preprocessDocuments',
    summary: 'Promote all documents below a prefix to golden',
    tag: 'documents',
    auth: 'token',
    body: {
      schema: PreprocessBatchRequest.meta({ id: 'PreprocessBatchRequest' }),
      examples: { folder: { source_prefix: 'active/' } },
    },
    answers: preprocessed,
    errors: promoting,
    handle: ({ principal, body: { workspace_id, source_prefix } }) =>
      preprocess(deps, principal, { workspace_id, prefix: source_prefix }),
  });

const Ingested = DatalakeIngestAnswer.meta({ id: 'DatalakeIngestAnswer' });
const ingested = {
  200: { description: 'It has ended.', schema: Ingested, example: ingestAnswerExample },
  202: {
    description: 'It goes on; ask the ingestion in `Location`.',
    schema: Ingested,
    example: { ...ingestAnswerExample, state: 'running' as const, ingested: 0, document_count: 0 },
    headers,
  },
};
const ingesting = [
  ...(['invalid_request', 'invalid_key', 'item_unreadable', 'source_not_allowed'] as const),
  ...(['source_not_found', 'source_unreachable'] as const),
  ...(['quarantined', 'deleted', 'dependency_unavailable'] as const),
];

const ingestOne = (deps: ApiDeps) =>
  route({
    method: 'post',
    path: '/v1/datalake/ingest',
    id: 'ingestObject',
    summary: 'Index one object of a bucket, or a golden copy once more',
    description:
      'Of golden the whole copy that the key belongs to is read, as it is when it is promoted. Any other bucket is a source, ' +
      'and must be one that the operator names.',
    tag: 'ingestion',
    auth: 'token',
    body: {
      schema: DatalakeIngestRequest.meta({ id: 'DatalakeIngestRequest' }),
      examples: { one: { bucket: 'handbook', key: 'policies/leave.pdf' } },
    },
    answers: ingested,
    errors: ingesting,
    handle: ({ principal, body: { workspace_id: workspace, bucket, key }, requestId }) => {
      const scope = { tenant: principal.tenant, workspace };
      const source = lakeSource(scope, bucket, key, { only: true });
      return ingestFromLake(deps, principal, scope, source, requestId);
    },
  });

const ingestBatch = (deps: ApiDeps) =>
  route({
    method: 'post',
    path: '/v1/datalake/ingest/batch',
    id: 'ingestObjects',
    summary: 'Index what lies below a prefix of a bucket, or a golden copy once more',
    tag: 'ingestion',
    auth: 'token',
    body: {
      schema: DatalakeIngestBatchRequest.meta({ id: 'DatalakeIngestBatchRequest' }),
      examples: { folder: { bucket: 'handbook', prefix: 'policies/' } },
    },
    answers: ingested,
    errors: ingesting,
    handle: ({ principal, body: { workspace_id: workspace, bucket, prefix }, requestId }) => {
      const scope = { tenant: principal.tenant, workspace };
      const source = lakeSource(scope, bucket, prefix, { only: false });
      return ingestFromLake(deps, principal, scope, source, requestId);
    },
  });
