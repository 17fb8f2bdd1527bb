import pMap from 'p-map';
import { z } from 'zod';
import { CertusError, type ErrorCode } from '../../contracts/errors.ts';
import {
  ExecuteUploadBatch,
  ExecuteUploadRequest,
  UploadBatchConfirmation,
  UploadConfirmation,
} from '../../contracts/execute-upload.ts';
import { type Route, route } from '../route.ts';
import { batchConfirmationExample, batchExamples, confirmationExample, executeExamples } from './examples.ts';
import { type ExecuteDeps, executeUpload, failed } from './execute-upload.ts';
import { Verifications } from './verifications.ts';

/** Made once: the same of several routes is one schema of the document. */
const Request = ExecuteUploadRequest.meta({ id: 'ExecuteUploadRequest' });
const Confirmation = UploadConfirmation.meta({ id: 'UploadConfirmation' });

/** Publication on a permit in the words of old, and what came of it. */
export function executeUploadRoutes(given: Omit<ExecuteDeps, 'verifications'>): Route[] {
  const deps: ExecuteDeps = { ...given, verifications: new Verifications() };
  return [one(deps), batch(deps)];
}

const one = (deps: ExecuteDeps) =>
  route({
    method: 'post',
    path: '/v1/execute-upload',
    id: 'executeUpload',
    summary: 'Publish a scan on its permit, and hear what was published',
    description:
      'The artifacts named are held to what was permitted, and what golden holds afterwards is hashed and verified again. ' +
      'Asked once more it tells the same. `pending` means that it goes on, be it the publication or the hashing of a large copy: ' +
      'ask again, or the place in `Location`.',
    tag: 'permits',
    auth: 'token',
    body: { schema: Request, examples: executeExamples },
    answers: {
      202: {
        description: 'What came of it; also that it failed, and why.',
        schema: Confirmation,
        example: confirmationExample,
        headers: z.object({ Location: z.string().meta({ description: 'The scan.' }) }),
      },
    },
    errors: [...REFUSALS],
    handle: async ({ principal, body }) => ({
      status: 202,
      headers: { Location: `/v1/security-scans/${body.scan_id}?workspace_id=${body.workspace_id}` },
      body: await executeUpload(deps, principal, body, PATIENCE_MS),
    }),
  });

/** How long a caller waits for what usually takes a second. */
const PATIENCE_MS = 10_000;

const REFUSALS: readonly ErrorCode[] = [
  'invalid_request',
  'not_found',
  'scan_not_finished',
  'not_uploadable',
  'permit_missing',
  'permit_invalid',
  'quarantined',
  'bundle_invalid',
  'digest_mismatch',
  'object_not_found',
  'object_too_large',
  'key_unusable',
  'dependency_unavailable',
];

/** Each hashes a bundle. */
const SIDE_BY_SIDE = 8;
/** Of them all together: who comes later is started, and asked after. */
const BATCH_PATIENCE_MS = 20_000;

const batch = (deps: ExecuteDeps) =>
  route({
    method: 'post',
    path: '/v1/execute-upload/batch',
    id: 'executeUploadBatch',
    summary: 'Publish several scans, each on its permit',
    description:
      'Each for itself: one that is refused is told among the results, and keeps none of the others back.',
    tag: 'permits',
    auth: 'token',
    body: {
      schema: ExecuteUploadBatch.extend({ scans: z.array(Request).min(1).max(100) }).meta({
        id: 'ExecuteUploadBatch',
      }),
      examples: batchExamples,
    },
    answers: {
      202: {
        description: 'What came of each.',
        schema: UploadBatchConfirmation.extend({ results: z.array(Confirmation) }).meta({
          id: 'UploadBatchConfirmation',
        }),
        example: batchConfirmationExample,
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal, body }) => {
      const until = performance.now() + BATCH_PATIENCE_MS;
      const execute = async (request: ExecuteUploadRequest): Promise<UploadConfirmation> => {
        const left = Math.max(0, Math.min(PATIENCE_MS, until - performance.now()));
        try {
          return await executeUpload(deps, principal, request, left);
        } catch (error) {
          if (!(error instanceof CertusError)) throw error;
          return failed(request, `${error.code}: ${error.message}`);
        }
      };
      const results = await pMap(body.scans, execute, { concurrency: SIDE_BY_SIDE });
      const count = (status: UploadConfirmation['status']) =>
        results.filter((result) => result.status === status).length;
      return {
        status: 202,
        body: {
          total_scans: results.length,
          successful: count('success'),
          failed: count('failed'),
          pending: count('pending'),
          results,
          timestamp: new Date().toISOString(),
        },
      };
    },
  });
