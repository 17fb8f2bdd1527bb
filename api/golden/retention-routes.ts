import { z } from 'zod';
import { PutRetention, RetentionView, SetRetention } from '../../contracts/retention.ts';
import { retentionPolicies } from '../../services/database/retention-policies.ts';
import type { ApiDeps } from '../deps.ts';
import { giveOrder } from '../orders/give-order.ts';
import { type Route, route } from '../route.ts';
import { builtInRetention, retentionExample, retentionView } from './retention-view.ts';

const Workspace = SetRetention.shape.workspace;
const Params = z.object({ workspace: Workspace });
const View = RetentionView.meta({ id: 'RetentionPolicyView' });
const Ordered = z
  .object({ order_id: z.string(), workspace: Workspace, version: z.number().int().nullable() })
  .meta({ id: 'RetentionPolicyOrdered' });
const orderedExample = { order_id: retentionExample.order_id ?? '', workspace: 'default', version: 1 };
const MOST_VERSIONS = 100;

/** How long golden copies stay at hand, and when they go. */
export const retentionRoutes = (deps: ApiDeps): Route[] => [show(deps), put(deps)];

const show = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/retention/{workspace}',
    id: 'getRetention',
    summary: 'Which retention policy holds in a workspace, and every version there was',
    tag: 'golden',
    auth: 'token',
    params: Params,
    answers: {
      200: {
        description: 'Versions newest first; those of `*` only when it is asked for.',
        schema: z
          .object({ workspace: Workspace, in_force: View, versions: z.array(View) })
          .meta({ id: 'WorkspaceRetention' }),
        example: { workspace: 'default', in_force: retentionExample, versions: [retentionExample] },
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal: { tenant }, params: { workspace } }) => {
      const ofPlace = (place: string, limit: number) =>
        retentionPolicies.list(deps.database, tenant, { workspace: place, limit });
      const own = await ofPlace(workspace, MOST_VERSIONS);
      const [newest] = own.length > 0 ? own : await ofPlace('*', 1);
      const in_force = newest === undefined ? builtInRetention : retentionView(newest);
      return { status: 200, body: { workspace, in_force, versions: own.map(retentionView) } };
    },
  });

const put = (deps: ApiDeps) =>
  route({
    method: 'put',
    path: '/v1/retention/{workspace}',
    id: 'setRetention',
    summary: 'Set the retention policy of a workspace, or one for all that have none (`*`)',
    description:
      'Adds a version, by an order that is signed and logged. Copies are put aside and deleted once a day, those on legal ' +
      'hold never. A lock holds for what is promoted from now on.',
    tag: 'golden',
    auth: 'token',
    role: 'admin',
    params: Params,
    body: {
      schema: PutRetention.meta({ id: 'SetRetention' }),
      examples: { years: { policy: retentionExample.policy } },
    },
    answers: {
      200: { description: 'It holds from now on.', schema: Ordered, example: orderedExample },
      202: {
        description: 'Trust has not carried it out yet.',
        schema: Ordered,
        example: { ...orderedExample, version: null },
        headers: z.object({ Location: z.string().meta({ description: 'Path of the order.' }) }),
      },
    },
    errors: ['invalid_request', 'order_invalid', 'order_expired', 'dependency_unavailable'],
    handle: async ({ principal, params: { workspace }, body: { policy } }) => {
      const action = { kind: 'set_retention', workspace, policy } as const;
      const { orderId, result } = await giveOrder(deps, principal, action);
      const version = z.object({ version: z.number().int() }).safeParse(result).data?.version ?? null;
      const body = { order_id: orderId, workspace, version };
      return version === null
        ? { status: 202, headers: { Location: `/v1/orders/${orderId}` }, body }
        : { status: 200, body };
    },
  });
