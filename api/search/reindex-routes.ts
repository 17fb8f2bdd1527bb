import { CertusError } from '../../contracts/errors.ts';
import { IndexStatusView, type ReindexInput, ReindexRequest } from '../../contracts/reindex.ts';
import { REINDEX_WORKFLOW_ID, WORKFLOWS } from '../../contracts/workflow-names.ts';
import { taskQueue } from '../../contracts/zones.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { indexStatusExample } from './examples.ts';
import { indexStatus } from './index-status.ts';

type Deps = Pick<ApiDeps, 'temporal' | 'search'>;

const View = IndexStatusView.meta({ id: 'IndexStatus' });
const START_MS = 5_000;

/** The form of the index. It holds every tenant's records, and is brought into another one for all of them at once. */
export function reindexRoutes(deps: Deps): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/admin/reindex',
      id: 'reindex',
      summary: 'Bring the index into the form of this release',
      description:
        'It is searched and written meanwhile. Nothing is done when it has that form, unless it is wanted `anew`. What was ' +
        'searched before is kept until `drop_kept` has it deleted. Whoever asks while it goes on is told of that one. ' +
        'Only for administrators of the tenant `default`.',
      tag: 'search',
      auth: 'token',
      role: 'admin',
      body: {
        schema: ReindexRequest.meta({ id: 'ReindexRequest' }),
        examples: { 'when it has to be': {}, 'and then delete the old one': { anew: true, drop_kept: true } },
      },
      answers: { 202: { description: 'Begun.', schema: View, example: indexStatusExample } },
      errors: ['invalid_request', 'dependency_unavailable'],
      handle: async ({ principal, body: { anew, drop_kept: dropKept } }) => {
        requireOperator(principal);
        await deps.temporal.withDeadline(Date.now() + START_MS, () =>
          deps.temporal.workflow.start(WORKFLOWS.reindex, {
            workflowId: REINDEX_WORKFLOW_ID,
            taskQueue: taskQueue('ingest'),
            workflowIdReusePolicy: 'ALLOW_DUPLICATE',
            workflowIdConflictPolicy: 'USE_EXISTING',
            args: [{ anew, dropKept } satisfies ReindexInput],
          }),
        );
        return { status: 202, body: await indexStatus(deps) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/admin/reindex',
      id: 'indexStatus',
      summary: 'Which form the index has, and how reindexing goes',
      description: 'Only for administrators of the tenant `default`.',
      tag: 'search',
      auth: 'token',
      role: 'admin',
      answers: { 200: { description: 'The index.', schema: View, example: indexStatusExample } },
      errors: ['dependency_unavailable'],
      handle: async ({ principal }) => {
        requireOperator(principal);
        return { status: 200, body: await indexStatus(deps) };
      },
    }),
  ];
}

/** An administrator of one tenant has no say in the records of others, and need not know how many they are. */
function requireOperator({ tenant }: Principal): void {
  if (tenant !== 'default')
    throw new CertusError(
      'forbidden',
      'the index is every tenant’s: this takes an administrator of "default"',
    );
}
