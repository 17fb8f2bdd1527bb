import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { Sha256, WorkspaceId } from '../../contracts/identifiers.ts';
import { IngestionId, SourceId } from '../../contracts/ingestion.ts';
import { SearchFilters } from '../../contracts/search.ts';
import { forgetWhere } from '../../services/database/ingested-items.ts';
import { forgetCheckpoints } from '../../services/database/ingestion-sources.ts';
import { forgetful } from '../../services/embeddings/forgetful.ts';
import type { ApiDeps } from '../deps.ts';
import { invalid } from '../problems.ts';
import { type Route, route } from '../route.ts';

const Request = z
  .strictObject({
    workspace_id: WorkspaceId.default('default'),
    ingestion_id: IngestionId.optional(),
    source_id: SourceId.optional(),
    document_id: Sha256.optional(),
    captured_from: SearchFilters.shape.captured_from,
    captured_to: SearchFilters.shape.captured_to,
    dry_run: z.boolean().default(false),
  })
  .meta({ id: 'ForgetRequest' });

const Answer = z
  .object({
    removed: z.number().int(),
    /** Counted afterwards: nothing that was meant is found any more, also not in what an older form of the index keeps. */
    remaining: z.number().int(),
    dry_run: z.boolean(),
  })
  .meta({ id: 'ForgetAnswer' });

/** Takes records out of the index, and proves that none is left. */
export function forgetRoutes({ database, search }: Pick<ApiDeps, 'database' | 'search'>): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/index/forget',
      id: 'forgetRecords',
      summary: 'Take records out of the index',
      description:
        'Of an ingestion, a source, a document, or a time. What is still in its source comes back with the next ingestion of it: ' +
        'remove it there, or the source. `dry_run` only counts.',
      tag: 'ingestion',
      auth: 'token',
      role: 'admin',
      body: {
        schema: Request,
        examples: { document: { document_id: 'a'.repeat(64) }, time: { captured_to: '2025-01-01' } },
      },
      answers: {
        200: {
          description: 'How many went, and how many are left.',
          schema: Answer,
          example: { removed: 12, remaining: 0, dry_run: false },
        },
      },
      errors: ['invalid_request', 'dependency_unavailable'],
      handle: async ({ principal, body }) => {
        const { workspace_id: workspace, dry_run, ingestion_id, source_id, document_id, ...time } = body;
        const scope = { tenant: principal.tenant, workspace };
        const filters = {
          ...time,
          ...(ingestion_id === undefined ? {} : { ingestion_id: [ingestion_id] }),
          ...(source_id === undefined ? {} : { source_id: [source_id] }),
          ...(document_id === undefined ? {} : { document_id: [document_id] }),
        };
        if (Object.values(filters).every((value) => value === undefined))
          throw invalid([{ path: '', message: 'name an ingestion, a source, a document or a time' }]);
        if (dry_run)
          return {
            status: 200,
            body: { removed: 0, remaining: await search.count(scope, filters), dry_run },
          };
        const removed = await forgetful(search, database).remove(scope, filters);
        // otherwise they would count as indexed, and never be read again
        await forgetWhere(database, scope, {
          ...(ingestion_id === undefined ? {} : { ingestionId: ingestion_id }),
          ...(source_id === undefined ? {} : { origin: source_id }),
          ...(document_id === undefined ? {} : { documentId: document_id }),
          ...time,
        });
        await forgetCheckpoints(database, scope, source_id);
        const remaining = await search.count(scope, filters);
        if (remaining > 0)
          throw new CertusError('dependency_unavailable', `${remaining} records are left: ask again`);
        return { status: 200, body: { removed, remaining, dry_run } };
      },
    }),
  ];
}
