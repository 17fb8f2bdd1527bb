import { z } from 'zod';
import {
  EvaluatePolicy,
  PolicyEvaluation,
  PolicyList,
  PolicyView,
  PolicyWorkspace,
  PutPolicy,
  WorkspacePolicies,
} from '../../contracts/trust-policy.ts';
import { requireUsablePolicy } from '../../domain/permit/check-policy.ts';
import { policyVersions } from '../../services/database/trust-policies.ts';
import type { ApiDeps } from '../deps.ts';
import { giveOrder } from '../orders/give-order.ts';
import { type Route, route } from '../route.ts';
import { evaluatePolicy } from './evaluate-policy.ts';
import { evaluationExample, orderedExample, policyExample, policyRequests, viewExample } from './examples.ts';
import { builtInView, policyView } from './policy-views.ts';

type Deps = Pick<ApiDeps, 'database' | 'temporal' | 'trust'>;

const View = PolicyView.meta({ id: 'Policy' });
const Params = z.object({ workspace: PolicyWorkspace });
const MOST_VERSIONS = 100;

/** What bundles of a workspace must be to be published. */
export function policyRoutes(deps: Deps): Route[] {
  return [evaluate(deps), list(deps), show(deps), put(deps)];
}

const Ordered = z
  .object({ order_id: z.string(), workspace: PolicyWorkspace, version: z.number().int().nullable() })
  .meta({ id: 'PolicyOrdered' });

const put = (deps: Deps) =>
  route({
    method: 'put',
    path: '/v1/policies/{workspace}',
    id: 'setPolicy',
    summary: 'Set the policy of a workspace, or one for all that have none (`*`)',
    description:
      'Adds a version, by an order that is signed and logged. In mode `shadow` what it would have said is written down with each decision, and nothing else changes.',
    tag: 'policies',
    auth: 'token',
    role: 'admin',
    params: Params,
    body: { schema: PutPolicy.meta({ id: 'SetPolicy' }), examples: policyRequests },
    answers: {
      200: { description: 'It holds from now on.', schema: Ordered, example: orderedExample },
      202: {
        description: 'Trust has not carried it out yet.',
        schema: Ordered,
        example: { ...orderedExample, version: null },
        headers: z.object({ Location: z.string().meta({ description: 'Path of the order.' }) }),
      },
    },
    errors: ['invalid_request', 'policy_invalid', 'order_invalid', 'order_expired', 'dependency_unavailable'],
    handle: async ({ principal, params: { workspace }, body: { mode, policy } }) => {
      requireUsablePolicy(policy);
      const action = { kind: 'set_policy', workspace, mode, policy } as const;
      const { orderId, result } = await giveOrder(deps, principal, action);
      const version = z.object({ version: z.number().int() }).safeParse(result).data?.version ?? null;
      const body = { order_id: orderId, workspace, version };
      return version === null
        ? { status: 202, headers: { Location: `/v1/orders/${orderId}` }, body }
        : { status: 200, body };
    },
  });

const list = (deps: Deps) =>
  route({
    method: 'get',
    path: '/v1/policies',
    id: 'listPolicies',
    summary: 'The newest policies of all workspaces',
    tag: 'policies',
    auth: 'token',
    answers: {
      200: {
        description: 'The newest of each workspace and mode; the built-in one last.',
        schema: PolicyList.extend({ policies: z.array(View) }).meta({ id: 'PolicyList' }),
        example: { policies: [viewExample] },
      },
    },
    errors: ['dependency_unavailable'],
    handle: async ({ principal }) => {
      const rows = await policyVersions(deps.database, principal.tenant, { limit: 1000 });
      const newest = new Map<string, PolicyView>();
      for (const row of rows) {
        const place = `${row.mode} ${row.workspace}`;
        if (!newest.has(place)) newest.set(place, policyView(row));
      }
      return { status: 200, body: { policies: [...newest.values(), builtInView] } };
    },
  });

const show = (deps: Deps) =>
  route({
    method: 'get',
    path: '/v1/policies/{workspace}',
    id: 'getPolicy',
    summary: 'What holds in a workspace, and every version there was',
    tag: 'policies',
    auth: 'token',
    params: Params,
    answers: {
      200: {
        description: 'Versions newest first; those of `*` only when it is asked for.',
        schema: WorkspacePolicies.extend({
          enforced: View,
          shadow: View.nullable(),
          versions: z.array(View),
        }).meta({ id: 'WorkspacePolicies' }),
        example: { workspace: 'default', enforced: viewExample, shadow: null, versions: [viewExample] },
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal: { tenant }, params: { workspace } }) => {
      const newest = async (mode: PolicyView['mode']) => {
        for (const place of new Set([workspace, '*'])) {
          const [row] = await policyVersions(deps.database, tenant, { workspace: place, mode, limit: 1 });
          if (row !== undefined) return policyView(row);
        }
        return undefined;
      };
      const [enforced, shadow, rows] = await Promise.all([
        newest('enforced'),
        newest('shadow'),
        policyVersions(deps.database, tenant, { workspace, limit: MOST_VERSIONS }),
      ]);
      // what was tried before the policy in force was set is tried no longer
      const tried = shadow !== undefined && (shadow.set_at ?? '') > (enforced?.set_at ?? '') ? shadow : null;
      const versions = rows.map(policyView);
      return { status: 200, body: { workspace, enforced: enforced ?? builtInView, shadow: tried, versions } };
    },
  });

const evaluate = (deps: Deps) =>
  route({
    method: 'post',
    path: '/v1/policies/eval',
    id: 'evaluatePolicy',
    summary: 'Try a policy on bundles of the past',
    description: 'Judges by the facts that were found when each was decided about; nothing changes.',
    tag: 'policies',
    auth: 'token',
    body: {
      schema: EvaluatePolicy.meta({ id: 'EvaluatePolicy' }),
      examples: { strict: { policy: policyExample, limit: 20 } },
    },
    answers: {
      200: {
        description: 'What was decided, and what it would have been.',
        schema: PolicyEvaluation.meta({ id: 'PolicyEvaluation' }),
        example: evaluationExample,
      },
    },
    errors: ['invalid_request', 'policy_invalid', 'key_unusable', 'dependency_unavailable'],
    handle: async ({ principal, body }) => ({
      status: 200,
      body: await evaluatePolicy(deps, principal.tenant, body),
    }),
  });
