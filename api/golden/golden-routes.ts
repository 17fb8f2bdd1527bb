import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { TestId, WorkspaceId } from '../../contracts/identifiers.ts';
import { GoldenCopyView, RetentionClass } from '../../contracts/retention.ts';
import { findGoldenCopy, listGoldenCopies } from '../../services/database/golden-copies.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { auditRoutes } from './audit-routes.ts';
import { goldenCopyExample } from './examples.ts';
import { goldenCopyViews } from './golden-view.ts';

const View = GoldenCopyView.meta({ id: 'GoldenCopy' });
const Place = z.tuple([z.iso.datetime(), TestId]);

/** What golden holds, and whether it still is what was promoted. */
export function goldenRoutes(deps: ApiDeps): Route[] {
  return [list(deps), show(deps), ...auditRoutes(deps)];
}

const list = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/golden',
    id: 'listGoldenCopies',
    summary: 'Golden copies, what was promoted last first',
    tag: 'golden',
    auth: 'token',
    query: z.strictObject({
      workspace_id: WorkspaceId.default('default'),
      class: RetentionClass.optional(),
      limit: z.coerce.number().int().min(1).max(100).default(50),
      cursor: z.string().max(200).optional(),
    }),
    answers: {
      200: {
        description: 'A page of golden copies.',
        schema: z
          .object({ copies: z.array(View), next_cursor: z.string().nullable() })
          .meta({ id: 'GoldenCopyList' }),
        example: { copies: [goldenCopyExample], next_cursor: null },
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal, query: { workspace_id: workspace, class: wanted, limit, cursor } }) => {
      const place = cursor === undefined ? undefined : decodeCursor(cursor, Place);
      const after = place && { promotedAt: new Date(place[0]), testId: place[1] };
      const scope = { tenant: principal.tenant, workspace };
      const { copies, next } = await listGoldenCopies(deps.database, scope, { class: wanted, limit, after });
      return {
        status: 200,
        body: {
          copies: await goldenCopyViews(deps, copies),
          next_cursor: next === undefined ? null : encodeCursor([next.promotedAt.toISOString(), next.testId]),
        },
      };
    },
  });

const show = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/golden/{test_id}',
    id: 'getGoldenCopy',
    summary: 'A golden copy: where it lies, how long it stays, and what its last audit found',
    tag: 'golden',
    auth: 'token',
    params: z.object({ test_id: TestId }),
    query: z.strictObject({ workspace_id: WorkspaceId.default('default') }),
    answers: { 200: { description: 'The copy.', schema: View, example: goldenCopyExample } },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params: { test_id }, query: { workspace_id: workspace } }) => {
      const scope = { tenant: principal.tenant, workspace };
      const record = await findGoldenCopy(deps.database, scope, test_id);
      if (record === undefined) throw new CertusError('not_found', `there is no golden copy of ${test_id}`);
      const [body] = await goldenCopyViews(deps, [record]);
      return { status: 200, body };
    },
  });
