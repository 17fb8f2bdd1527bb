import { z } from 'zod';
import { DeletionRequest, DeletionView } from '../../contracts/deletion.ts';
import { CertusError } from '../../contracts/errors.ts';
import { type Scope, TestId, WorkspaceId } from '../../contracts/identifiers.ts';
import { findGoldenCopy } from '../../services/database/golden-copies.ts';
import { waitingReviews } from '../../services/database/reviews.ts';
import type { ApiDeps } from '../deps.ts';
import { signOrder } from '../orders/give-order.ts';
import { type Route, route } from '../route.ts';
import { awaitDeletion, deletionProgress, isDeleting, startDeletion } from './deletion-runs.ts';
import { standingCopy } from './standing-copy.ts';

const View = DeletionView.meta({ id: 'GoldenDeletion' });
const Params = z.object({ test_id: TestId });
const example: DeletionView = {
  test_id: 'docs_0123456789abcdef01234567',
  workspace_id: 'default',
  state: 'waiting',
  until: '2027-01-01T00:00:00.000Z',
  removed: 0,
  left: [],
  error: null,
};

/** Evidence that has to go, and how far that is. */
export const deletionRoutes = (deps: ApiDeps): Route[] => [ask(deps), show(deps)];

const ask = (deps: ApiDeps) =>
  route({
    method: 'post',
    path: '/v1/golden/{test_id}/deletion',
    id: 'deleteEvidence',
    summary: 'Delete the files of a golden copy',
    description:
      'By an order that is signed and logged. Files go from golden, archive, raw and quarantine, and documents from ' +
      'uploads; the list of files, the statements and a signed tombstone stay, so that what is left can be verified. ' +
      'Layers in the registry go when it clears up. What the store keeps locked is waited for. It cannot be undone.',
    tag: 'golden',
    auth: 'token',
    role: 'admin',
    params: Params,
    body: {
      schema: DeletionRequest.meta({ id: 'DeletionRequest' }),
      examples: { left: { bundle_digest: 'a'.repeat(64), reason: 'the customer left' } },
    },
    answers: {
      202: {
        description: 'Begun; `state` tells how far it is.',
        schema: View,
        example,
        headers: z.object({ Location: z.string().meta({ description: 'Where to ask how far it is.' }) }),
      },
    },
    errors: [
      'invalid_request',
      'not_found',
      'deleted',
      'legal_hold',
      'privacy_held',
      'digest_mismatch',
      'dependency_unavailable',
    ],
    handle: async ({ principal, params: { test_id: testId }, body }) => {
      const { workspace_id: workspace, bundle_digest: bundleDigest, reason } = body;
      const scope = { tenant: principal.tenant, workspace };
      await requireDeletable(deps, scope, testId, bundleDigest);
      const run = { scope, testId };
      if (!(await isDeleting(deps.temporal, run))) {
        const action = {
          kind: 'delete_evidence',
          workspace,
          test_id: testId,
          bundle_digest: bundleDigest,
        } as const;
        const { id: orderId } = await signOrder(deps, principal, { ...action, reason });
        await startDeletion(deps.temporal, { ...run, bundleDigest, orderId });
      }
      const progress = await awaitDeletion(deps.temporal, run);
      return {
        status: 202,
        headers: { Location: `/v1/golden/${testId}/deletion?workspace_id=${workspace}` },
        body: { test_id: testId, workspace_id: workspace, ...progress },
      };
    },
  });

/** Told before an order is signed; whoever deletes asks all of it again, and of who signed it. */
async function requireDeletable(
  deps: ApiDeps,
  scope: Scope,
  testId: string,
  bundleDigest: string,
): Promise<void> {
  const copy = await standingCopy(deps, scope, testId);
  if (copy.bundleDigest !== bundleDigest)
    throw new CertusError('digest_mismatch', `golden holds another bundle of ${testId}`);
  if (copy.legalHold !== null) throw new CertusError('legal_hold', `${testId} is on legal hold`);
  // their originals would go with it, and nobody could release them any more
  const waiting = await waitingReviews(deps.database, scope, testId);
  if (waiting > 0)
    throw new CertusError(
      'privacy_held',
      `${waiting} reviews of ${testId} wait for a decision: decide them first`,
    );
}

const show = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/golden/{test_id}/deletion',
    id: 'getGoldenDeletion',
    summary: 'How far the deletion of a golden copy is, or how it ended',
    tag: 'golden',
    auth: 'token',
    params: Params,
    query: z.strictObject({ workspace_id: WorkspaceId.default('default') }),
    answers: { 200: { description: 'The deletion.', schema: View, example } },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params: { test_id: testId }, query: { workspace_id: workspace } }) => {
      const scope = { tenant: principal.tenant, workspace };
      const copy = await findGoldenCopy(deps.database, scope, testId);
      const progress = (await deletionProgress(deps.temporal, { scope, testId })) ?? ended(copy?.class);
      if (copy === undefined || progress === undefined)
        throw new CertusError('not_found', `nobody has the golden copy of ${testId} deleted`);
      return { status: 200, body: { test_id: testId, workspace_id: workspace, ...progress } };
    },
  });

/** Long ago: the engine has forgotten how, and the tombstone tells the rest. */
const ended = (standing: string | undefined) =>
  standing === 'deleted'
    ? { state: 'deleted' as const, until: null, removed: 0, left: [], error: null }
    : undefined;
