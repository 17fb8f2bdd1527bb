import { z } from 'zod';
import { HoldRequest } from '../../contracts/deletion.ts';
import { TestId } from '../../contracts/identifiers.ts';
import type { ApiDeps } from '../deps.ts';
import { giveOrder } from '../orders/give-order.ts';
import { type Route, route } from '../route.ts';
import { standingCopy } from './standing-copy.ts';

const Ordered = z
  .object({ order_id: z.string(), test_id: TestId, hold: z.boolean().nullable() })
  .meta({ id: 'LegalHoldOrdered' });
const example = {
  order_id: 'order_0123456789abcdef0123456789abcdef',
  test_id: 'docs_0123456789abcdef01234567',
  hold: true,
};

/** What must be kept whatever its time. */
export const holdRoutes = (deps: ApiDeps): Route[] => [
  route({
    method: 'post',
    path: '/v1/golden/{test_id}/legal-hold',
    id: 'setLegalHold',
    summary: 'Put a golden copy on legal hold, or end that',
    description:
      'By an order that is signed and logged. While it lasts nothing of the run is archived or deleted, neither by its ' +
      'policy nor by an order. Of several orders the one that was given last counts; that a hold ends, once Trust has it ' +
      'on record.',
    tag: 'golden',
    auth: 'token',
    role: 'admin',
    params: z.object({ test_id: TestId }),
    body: {
      schema: HoldRequest.meta({ id: 'LegalHoldRequest' }),
      examples: {
        hold: { hold: true, reason: 'case 4711' },
        release: { hold: false, reason: 'case 4711 is closed' },
      },
    },
    answers: {
      200: { description: 'Whether it is on hold now.', schema: Ordered, example },
      202: {
        description: 'Trust has not carried it out yet. A hold counts already.',
        schema: Ordered,
        example: { ...example, hold: null },
        headers: z.object({ Location: z.string().meta({ description: 'Path of the order.' }) }),
      },
    },
    errors: [
      'invalid_request',
      'not_found',
      'deleted',
      'order_invalid',
      'order_expired',
      'dependency_unavailable',
    ],
    handle: async ({ principal, params: { test_id }, body: { workspace_id: workspace, hold, reason } }) => {
      await standingCopy(deps, { tenant: principal.tenant, workspace }, test_id);
      const action = { kind: 'set_legal_hold', workspace, test_id, hold, reason } as const;
      const { orderId, result } = await giveOrder(deps, principal, action);
      const now = z.object({ hold: z.boolean() }).safeParse(result).data?.hold ?? null;
      const body = { order_id: orderId, test_id, hold: now };
      return now === null
        ? { status: 202, headers: { Location: `/v1/orders/${orderId}` }, body }
        : { status: 200, body };
    },
  }),
];
