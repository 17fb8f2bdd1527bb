import { z } from 'zod';
import { WorkspaceId } from '../../contracts/identifiers.ts';
import {
  ReviewDecisionRequest,
  ReviewId,
  ReviewList,
  ReviewPreview,
  ReviewState,
  ReviewView,
} from '../../contracts/review.ts';
import { PAGE_HEADERS } from '../../domain/review/page.ts';
import { previewPage } from '../../domain/review/preview-page.ts';
import { listReviews } from '../../services/database/reviews.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { AcceptHeader, PAGE_ALTERNATIVE, wantsPage } from '../wants-page.ts';
import { decideReview } from './decide-review.ts';
import { decisionExample, previewExample, reviewExample } from './examples.ts';
import { readPreview } from './read-preview.ts';
import { existingReview, reviewView } from './review-view.ts';

const View = ReviewView.meta({ id: 'Review' });
const Params = z.object({ review_id: ReviewId });
const Workspace = z.strictObject({ workspace_id: WorkspaceId.default('default') });
const After = z.tuple([z.iso.datetime(), ReviewId]);

/** What is held back, and what people decide about it. */
export function reviewRoutes(deps: ApiDeps): Route[] {
  return [list(deps), show(deps), preview(deps), decide(deps)];
}

const list = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/reviews',
    id: 'listReviews',
    summary: 'What is held back, or was; what waits longest comes first',
    description: 'Places are told to whoever has the role reviewer.',
    tag: 'reviews',
    auth: 'token',
    query: Workspace.extend({
      state: ReviewState.or(z.literal('pending'))
        .optional()
        .meta({ description: '`pending` is everything that nobody has decided about yet.' }),
      limit: z.coerce.number().int().min(1).max(100).default(20),
      cursor: z.string().max(200).optional(),
    }),
    answers: {
      200: {
        description: 'Reviews.',
        schema: ReviewList.extend({ reviews: z.array(View) }).meta({ id: 'ReviewList' }),
        example: { reviews: [reviewExample], next_cursor: null },
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal, query: { workspace_id: workspace, state, limit, cursor } }) => {
      const place = cursor === undefined ? undefined : decodeCursor(cursor, After);
      const after = place && { openedAt: new Date(place[0]), id: place[1] };
      const states = state === 'pending' ? PENDING : state && [state];
      const scope = { tenant: principal.tenant, workspace };
      const { reviews, next } = await listReviews(deps.database, scope, { states, limit, after });
      const next_cursor = next === undefined ? null : encodeCursor([next.openedAt.toISOString(), next.id]);
      const body = { reviews: reviews.map((review) => reviewView(review, principal)), next_cursor };
      return { status: 200, body };
    },
  });

const PENDING: readonly ReviewState[] = ['open', 'second_person'];

const show = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/reviews/{review_id}',
    id: 'getReview',
    summary: 'What is held back, why, and what was decided about it',
    tag: 'reviews',
    auth: 'token',
    params: Params,
    query: Workspace,
    answers: { 200: { description: 'The review.', schema: View, example: reviewExample } },
    errors: ['invalid_request', 'review_not_found', 'dependency_unavailable'],
    handle: async ({ principal, params, query }) => {
      const scope = { tenant: principal.tenant, workspace: query.workspace_id };
      const review = await existingReview(deps, scope, params.review_id);
      return { status: 200, body: reviewView(review, principal) };
    },
  });

const preview = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/reviews/{review_id}/preview',
    id: 'previewReview',
    summary: 'What is held back, with the personal data in it marked, as JSON or as a page',
    description: 'Every look is put on record, with who looked.',
    tag: 'reviews',
    auth: 'token',
    role: 'reviewer',
    params: Params,
    query: Workspace,
    headers: AcceptHeader,
    answers: {
      200: {
        description: 'Pieces of the text around what was found; offsets in UTF-16 units.',
        schema: ReviewPreview.meta({ id: 'ReviewPreview' }),
        example: previewExample,
        alternatives: PAGE_ALTERNATIVE,
      },
    },
    errors: [
      'invalid_request',
      'review_not_found',
      'object_not_found',
      'object_too_large',
      'digest_mismatch',
      'bundle_invalid',
      'dependency_unavailable',
    ],
    handle: async ({ principal, params, query, headers }) => {
      const scope = { tenant: principal.tenant, workspace: query.workspace_id };
      const review = await existingReview(deps, scope, params.review_id);
      const body = await readPreview(deps, principal, review);
      if (!wantsPage(headers)) return { status: 200, headers: { 'Cache-Control': 'no-store' }, body };
      return {
        status: 200,
        headers: PAGE_HEADERS,
        contentType: 'text/html; charset=utf-8',
        body: previewPage(reviewView(review, principal), body.pieces),
      };
    },
  });

const decide = (deps: ApiDeps) =>
  route({
    method: 'post',
    path: '/v1/reviews/{review_id}/decision',
    id: 'decideReview',
    summary: 'Release what is held back, as it is or masked, or reject it',
    description:
      'Signed as an order, and logged before anything comes of it. Where the policy asks for a second person, nothing is ' +
      'released before another one has said the same. `subject_digest` is that of what was looked at.',
    tag: 'reviews',
    auth: 'token',
    role: 'reviewer',
    params: Params,
    body: {
      schema: ReviewDecisionRequest.meta({ id: 'DecideReview' }),
      examples: { masked: decisionExample },
    },
    answers: {
      200: { description: 'The decision counts.', schema: View, example: reviewExample },
      202: {
        description: 'Taken down; Trust has not logged it yet.',
        schema: View,
        example: { ...reviewExample, state: 'open', decisions: [] },
        headers: z.object({ Location: z.string().meta({ description: 'Path of the review.' }) }),
      },
    },
    errors: [
      'invalid_request',
      'review_not_found',
      'review_closed',
      'second_person_required',
      'digest_mismatch',
      'idempotency_conflict',
      'too_many_attempts',
      'order_invalid',
      'order_expired',
      'dependency_unavailable',
    ],
    handle: async ({ principal, params, body }) => {
      const scope = { tenant: principal.tenant, workspace: body.workspace_id };
      const review = await existingReview(deps, scope, params.review_id);
      const { orderId } = await decideReview(deps, principal, review, body);
      const now = await existingReview(deps, scope, params.review_id);
      const view = reviewView(now, principal);
      if (now.decisions.some((decision) => decision.orderId === orderId)) return { status: 200, body: view };
      const path = `/v1/reviews/${review.id}?workspace_id=${scope.workspace}`;
      return { status: 202, headers: { Location: path }, body: view };
    },
  });
