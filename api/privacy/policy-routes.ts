import { z } from 'zod';
import { PrivacyPolicyView, PutPrivacyPolicy, SetPrivacyPolicy } from '../../contracts/privacy.ts';
import { requireUsablePrivacyPolicy } from '../../domain/sanitize/usable-privacy-policy.ts';
import { privacyPolicies } from '../../services/database/privacy-policies.ts';
import type { ApiDeps } from '../deps.ts';
import { giveOrder } from '../orders/give-order.ts';
import { type Route, route } from '../route.ts';
import { policyRequestExample, policyViewExample } from './examples.ts';
import { builtInPrivacyPolicy, privacyPolicyView } from './privacy-view.ts';

const Workspace = SetPrivacyPolicy.shape.workspace;
const Params = z.object({ workspace: Workspace });
const View = PrivacyPolicyView.meta({ id: 'PrivacyPolicy' });
const Ordered = z
  .object({ order_id: z.string(), workspace: Workspace, version: z.number().int().nullable() })
  .meta({ id: 'PrivacyPolicyOrdered' });
const orderedExample = { order_id: policyViewExample.order_id ?? '', workspace: 'default', version: 1 };
const MOST_VERSIONS = 100;

/** What is looked for, and what becomes of what is found. */
export const privacyPolicyRoutes = (deps: ApiDeps): Route[] => [show(deps), put(deps)];

const show = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/privacy/policies/{workspace}',
    id: 'getPrivacyPolicy',
    summary: 'Which privacy policy holds in a workspace, and every version there was',
    tag: 'privacy',
    auth: 'token',
    params: Params,
    answers: {
      200: {
        description: 'Versions newest first; those of `*` only when it is asked for.',
        schema: z
          .object({ workspace: Workspace, in_force: View, versions: z.array(View) })
          .meta({ id: 'WorkspacePrivacyPolicies' }),
        example: { workspace: 'default', in_force: policyViewExample, versions: [policyViewExample] },
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal: { tenant }, params: { workspace } }) => {
      const own = await privacyPolicies.list(deps.database, tenant, { workspace, limit: MOST_VERSIONS });
      const [newest] = own.length > 0 ? own : await ofTenant(deps, tenant);
      const in_force = newest === undefined ? builtInPrivacyPolicy : privacyPolicyView(newest);
      return { status: 200, body: { workspace, in_force, versions: own.map(privacyPolicyView) } };
    },
  });

const ofTenant = ({ database }: ApiDeps, tenant: string) =>
  privacyPolicies.list(database, tenant, { workspace: '*', limit: 1 });

const put = (deps: ApiDeps) =>
  route({
    method: 'put',
    path: '/v1/privacy/policies/{workspace}',
    id: 'setPrivacyPolicy',
    summary: 'Set the privacy policy of a workspace, or one for all that have none (`*`)',
    description: 'Adds a version, by an order that is signed and logged.',
    tag: 'privacy',
    auth: 'token',
    role: 'admin',
    params: Params,
    body: {
      schema: PutPrivacyPolicy.meta({ id: 'SetPrivacyPolicy' }),
      examples: { customers: policyRequestExample },
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
    errors: [
      'invalid_request',
      'privacy_policy_invalid',
      'order_invalid',
      'order_expired',
      'dependency_unavailable',
    ],
    handle: async ({ principal, params: { workspace }, body: { policy } }) => {
      requireUsablePrivacyPolicy(policy);
      const action = { kind: 'set_privacy_policy', workspace, policy } as const;
      const { orderId, result } = await giveOrder(deps, principal, action);
      const version = z.object({ version: z.number().int() }).safeParse(result).data?.version ?? null;
      const body = { order_id: orderId, workspace, version };
      return version === null
        ? { status: 202, headers: { Location: `/v1/orders/${orderId}` }, body }
        : { status: 200, body };
    },
  });
