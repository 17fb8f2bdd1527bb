import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { OrderId, OrderView } from '../../contracts/orders.ts';
import { findOrder, listOrders, type OrderRecord } from '../../services/database/orders.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';

const View = OrderView.meta({ id: 'Order' });

/** What became of what administrators told Trust. */
export function orderRoutes(deps: ApiDeps): Route[] {
  return [list(deps), show(deps)];
}

const list = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/orders',
    id: 'listOrders',
    summary: 'What administrators told Trust to do, the newest first',
    tag: 'trust',
    auth: 'token',
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
    answers: {
      200: {
        description: 'Orders with their outcomes.',
        schema: z.object({ orders: z.array(View) }),
        example: { orders: [orderExample] },
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal, query }) => {
      const orders = await listOrders(deps.database, principal.tenant, query.limit);
      return { status: 200, body: { orders: orders.map(orderView) } };
    },
  });

const show = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/orders/{order_id}',
    id: 'showOrder',
    summary: 'What became of an order to Trust',
    description:
      'Trust may be away when an order is given: it is carried out when Trust is back, within a day.',
    tag: 'trust',
    auth: 'token',
    params: z.object({ order_id: OrderId }),
    answers: { 200: { description: 'The order.', schema: View, example: orderExample } },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params }) => {
      const order = await findOrder(deps.database, principal.tenant, params.order_id);
      if (order === undefined) throw new CertusError('not_found', `there is no order ${params.order_id}`);
      return { status: 200, body: orderView(order) };
    },
  });

const orderView = ({ id, kind, givenBy, givenAt, outcome }: OrderRecord): OrderView => ({
  order_id: id,
  kind,
  by: givenBy,
  given_at: givenAt.toISOString(),
  state: outcome?.state ?? 'pending',
  code: outcome?.state === 'refused' ? outcome.code : null,
  message: outcome?.state === 'refused' ? outcome.message : null,
  result: outcome?.state === 'done' ? outcome.result : null,
});

const orderExample: OrderView = {
  order_id: 'order_0123456789abcdef0123456789abcdef',
  kind: 'deactivate_key',
  by: 'local',
  given_at: '2026-01-01T00:00:00.000Z',
  state: 'done',
  code: null,
  message: null,
  result: { key_id: '0123456789abcdef0123456789abcdef' },
};
