import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { TestId, WorkspaceId } from '../../contracts/identifiers.ts';
import { PromotionRequest, PromotionState, PromotionView } from '../../contracts/promotion.ts';
import { findPromotion, listPromotions } from '../../services/database/document-promotions.ts';
import { releasedSince } from '../../services/database/held-standing.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { createPromotion } from './create-promotion.ts';
import { promotionExample, requestExamples } from './examples.ts';
import { promotionView } from './promotion-view.ts';
import { promotionWithItems } from './promotion-with-items.ts';

const View = PromotionView.meta({ id: 'Promotion' });
const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/, 'is 1 to 255 printable ASCII characters')
  .meta({ description: 'Sent again with the same body, nothing is promoted twice.' });
/** A list of as many keys as may be promoted together. */
const MAX_BODY = 24 * 1024 * 1024;

/** How documents come to golden. */
export function promotionRoutes(deps: ApiDeps): Route[] {
  return [create(deps), list(deps), show(deps)];
}

const create = (deps: ApiDeps) =>
  route({
    method: 'post',
    path: '/v1/promotions/golden',
    id: 'promoteDocuments',
    summary: 'Promote documents to golden',
    description:
      'By their keys, as uploads answered them, by their names, or all below a prefix. Each document is looked into: as the ' +
      'privacy policy says it goes on as it is, goes on masked, or is held back for a review while the others go on. ' +
      'Answers once the run is durable, with its end when that comes within a few seconds.',
    tag: 'documents',
    auth: 'token',
    headers: z.object({ 'idempotency-key': IdempotencyKey.optional() }),
    body: {
      schema: PromotionRequest.meta({ id: 'PromotionRequest' }),
      examples: requestExamples,
      limit: MAX_BODY,
    },
    answers: {
      202: {
        description: 'Accepted; ask the resource in `Location` for how it goes.',
        schema: View,
        example: promotionExample,
        headers: z.object({
          Location: z.string().meta({ description: 'Path of the promotion.' }),
          'Idempotency-Replayed': z
            .literal('true')
            .optional()
            .meta({ description: 'Accepted by an earlier request.' }),
        }),
      },
    },
    errors: [
      'invalid_request',
      'not_found',
      'payload_too_large',
      'idempotency_conflict',
      'dependency_unavailable',
    ],
    handle: async ({ principal, body, headers }) => {
      const created = await createPromotion(deps, principal, body, headers['idempotency-key']);
      const { record, replayed } = created;
      const scope = { tenant: principal.tenant, workspace: body.workspace_id };
      return {
        status: 202,
        headers: {
          Location: `/v1/promotions/${record.testId}?workspace_id=${scope.workspace}`,
          ...(replayed ? { 'Idempotency-Replayed': 'true' } : {}),
        },
        body: await promotionWithItems(deps, scope, record),
      };
    },
  });

const Place = z.object({ created_at: z.iso.datetime(), promotion_id: TestId });

const list = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/promotions',
    id: 'listPromotions',
    summary: 'List promotions, newest first',
    tag: 'documents',
    auth: 'token',
    query: z.strictObject({
      workspace_id: WorkspaceId.default('default'),
      kind: PromotionView.shape.kind.optional(),
      state: PromotionState.optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      cursor: z.string().max(300).optional(),
    }),
    answers: {
      200: {
        description: 'A page of promotions. `items` is empty here; ask for a single one to see them.',
        schema: z
          .object({ promotions: z.array(View), next_cursor: z.string().nullable() })
          .meta({ id: 'PromotionList' }),
        example: { promotions: [{ ...promotionExample, items: [], promoted: [] }], next_cursor: null },
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal, query: { workspace_id: workspace, kind, state, limit, cursor } }) => {
      const scope = { tenant: principal.tenant, workspace };
      const place = cursor === undefined ? undefined : decodeCursor(cursor, Place);
      const after = place && { createdAt: new Date(place.created_at), testId: place.promotion_id };
      const { promotions, next } = await listPromotions(deps.database, scope, { kind, state, limit, after });
      const released = await releasedSince(
        deps.database,
        scope,
        promotions.map(({ testId }) => testId),
      );
      const following = next && { created_at: next.createdAt.toISOString(), promotion_id: next.testId };
      return {
        status: 200,
        body: {
          promotions: promotions.map((record) =>
            promotionView(scope, record, released.get(record.testId) ?? 0),
          ),
          next_cursor: following ? encodeCursor(following) : null,
        },
      };
    },
  });

const show = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/promotions/{promotion_id}',
    id: 'getPromotion',
    summary: 'How a promotion goes, or went, document by document',
    tag: 'documents',
    auth: 'token',
    params: z.object({ promotion_id: TestId }),
    query: z.strictObject({
      workspace_id: WorkspaceId.default('default'),
      limit: z.coerce.number().int().min(1).max(1000).default(200),
      cursor: z.string().max(100).optional(),
    }),
    answers: {
      200: {
        description: 'The promotion with a page of its documents, in the order of their names.',
        schema: View,
        example: promotionExample,
      },
    },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params: { promotion_id: id }, query }) => {
      const scope = { tenant: principal.tenant, workspace: query.workspace_id };
      const from = query.cursor === undefined ? 0 : decodeCursor(query.cursor, Ordinal);
      const record = await findPromotion(deps.database, scope, id);
      if (record === undefined) throw new CertusError('not_found', `there is no promotion ${id}`);
      return {
        status: 200,
        body: await promotionWithItems(deps, scope, record, { from, limit: query.limit }),
      };
    },
  });

const Ordinal = z.number().int().min(0).max(1_000_000);
