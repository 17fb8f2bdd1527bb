import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { PermitId, TestId, WorkspaceId } from '../../contracts/identifiers.ts';
import {
  AttachedView,
  AttachRequest,
  BreakGlassRequest,
  GlassBroken,
  PermissionList,
  PermissionRequest,
  UploadPermission,
} from '../../contracts/permission.ts';
import { UploadAccepted } from '../../contracts/scan-control.ts';
import { findPermit, listPermits } from '../../services/database/permits.ts';
import type { ApiDeps } from '../deps.ts';
import { giveOrder } from '../orders/give-order.ts';
import { type Route, route } from '../route.ts';
import { existingScan } from '../scans/existing-scan.ts';
import { attach } from './attach-statement.ts';
import {
  attachedExample,
  breakGlassExample,
  bypassedExample,
  deniedExample,
  orderId,
  permitExample,
  requestExamples,
  statementExample,
} from './examples.ts';
import { isAsked } from './permit-runs.ts';
import { permitStatementRoute } from './permit-statement-route.ts';
import { pendingView, permitView } from './permit-view.ts';
import { publishWith } from './publish-with.ts';
import { finished, requestPermit } from './request-permit.ts';

type Deps = Pick<ApiDeps, 'database' | 'temporal' | 'settings' | 'trust'>;

/** Made once: the same answer of several routes is one schema of the document. */
const Permission = UploadPermission.meta({ id: 'UploadPermission' });
const Broken = GlassBroken.extend({ permit: Permission.nullable() }).meta({ id: 'GlassBroken' });
const Location = z.object({ Location: z.string().meta({ description: 'Where to ask again.' }) });
const Here = z.strictObject({ workspace_id: WorkspaceId.default('default') });
const Params = z.object({ id: PermitId });

/** Whether a bundle may be published, and what Trust has said about it. */
export function permitRoutes(deps: Deps): Route[] {
  return [
    request(deps),
    list(deps),
    breakGlass(deps),
    show(deps),
    permitStatementRoute(deps),
    publish(deps),
    statements(deps),
  ];
}

const pathOf = ({ upload_permission_id, scan_id }: UploadPermission, workspace: string) =>
  `/v1/permits/${upload_permission_id}?workspace_id=${workspace}&test_id=${scan_id}`;

const request = (deps: Deps) =>
  route({
    method: 'post',
    path: '/v1/verify-and-permit-upload',
    id: 'verifyAndPermitUpload',
    summary: 'Have a bundle verified, and ask whether it may be published',
    description:
      'What the request says of its files is compared with the bytes in staging. A denial is an answer too, with `permitted: false` and its reason. While `decided_at` is null Trust has not answered: ask the place in `Location`.',
    tag: 'permits',
    auth: 'token',
    body: {
      schema: PermissionRequest.meta({ id: 'PermissionRequest' }),
      examples: requestExamples,
    },
    answers: {
      202: {
        description: 'The decision, or that it is still to come.',
        schema: Permission,
        example: permitExample,
        headers: Location,
      },
    },
    errors: [
      'invalid_request',
      'not_found',
      'scan_not_finished',
      'policy_invalid',
      'permit_invalid',
      'key_unusable',
      'dependency_unavailable',
    ],
    handle: async ({ principal, body }) => {
      const permission = await requestPermit(deps, principal, body);
      return {
        status: 202,
        headers: { Location: pathOf(permission, body.workspace_id) },
        body: permission,
      };
    },
  });

const list = (deps: Deps) =>
  route({
    method: 'get',
    path: '/v1/permits',
    id: 'listPermits',
    summary: 'What Trust has decided in a workspace, or about one scan',
    tag: 'permits',
    auth: 'token',
    query: Here.extend({
      test_id: TestId.optional(),
      limit: z.coerce.number().int().min(1).max(100).default(20),
    }),
    answers: {
      200: {
        description: 'Newest first, yes and no.',
        schema: PermissionList.extend({ permits: z.array(Permission) }).meta({ id: 'PermissionList' }),
        example: { permits: [permitExample, deniedExample] },
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal, query }) => {
      const scope = { tenant: principal.tenant, workspace: query.workspace_id };
      const rows = await listPermits(deps.database, scope, { testId: query.test_id, limit: query.limit });
      const now = new Date();
      return { status: 200, body: { permits: rows.map((row) => permitView(deps, scope, row, now)) } };
    },
  });

const show = (deps: Deps) =>
  route({
    method: 'get',
    path: '/v1/permits/{id}',
    id: 'getPermit',
    summary: 'One decision of Trust',
    description: 'With `test_id` also one that was asked for and is still to come.',
    tag: 'permits',
    auth: 'token',
    params: Params,
    query: Here.extend({ test_id: TestId.optional() }),
    answers: { 200: { description: 'The decision.', schema: Permission, example: permitExample } },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params, query }) => {
      const scope = { tenant: principal.tenant, workspace: query.workspace_id };
      const row = await findPermit(deps.database, scope, params.id);
      if (row !== undefined) return { status: 200, body: permitView(deps, scope, row, new Date()) };
      const { test_id: testId } = query;
      if (testId === undefined) throw noSuchPermit();
      await existingScan(deps, scope, testId); // runs have no tenant in their names: the scan has
      if (!(await isAsked(deps.temporal, { scope, testId }, params.id))) throw noSuchPermit();
      return { status: 200, body: pendingView(params.id, testId, 'verified') };
    },
  });

const noSuchPermit = () => new CertusError('not_found', 'there is no such permit in this workspace');

const publish = (deps: Deps) =>
  route({
    method: 'post',
    path: '/v1/permits/{id}/publish',
    id: 'publishWithPermit',
    summary: 'Publish a scan on a permit that was given for it',
    description: 'For permits that were asked for, or given by breaking the glass. Good for one publication.',
    tag: 'permits',
    auth: 'token',
    params: Params,
    body: { schema: Here, examples: { default: {} } },
    answers: {
      202: {
        description: 'On its way; the scan will tell.',
        schema: UploadAccepted.meta({ id: 'PublishAccepted' }),
        example: { upload_permission_id: permitExample.upload_permission_id, upload_status: 'pending' },
        headers: Location,
      },
    },
    errors: [
      'invalid_request',
      'not_found',
      'scan_not_finished',
      'not_uploadable',
      'permit_missing',
      'permit_invalid',
      'dependency_unavailable',
    ],
    handle: async ({ principal, params, body }) => {
      const scope = { tenant: principal.tenant, workspace: body.workspace_id };
      const row = await findPermit(deps.database, scope, params.id);
      if (row === undefined) throw noSuchPermit();
      const scan = await publishWith(deps, principal, scope, permitView(deps, scope, row, new Date()));
      return {
        status: 202,
        headers: { Location: `/v1/security-scans/${scan.testId}?workspace_id=${scope.workspace}` },
        body: { upload_permission_id: row.id, upload_status: scan.uploadStatus },
      };
    },
  });

const breakGlass = (deps: Deps) =>
  route({
    method: 'post',
    path: '/v1/permits/break-glass',
    id: 'breakGlass',
    summary: 'Let a bundle pass that the rules hold back',
    description:
      'An order to Trust, signed and logged; its hashes are checked nevertheless. That it passed this way, on whose order and why, stands in the permit and goes wherever the bundle goes. It is published at once.',
    tag: 'permits',
    auth: 'token',
    role: 'admin',
    body: {
      schema: BreakGlassRequest.meta({ id: 'BreakGlassRequest' }),
      examples: { incident: breakGlassExample },
    },
    answers: {
      201: {
        description: 'It may pass, and is being published.',
        schema: Broken,
        example: { order_id: orderId, permit: bypassedExample },
        headers: Location,
      },
      202: {
        description: 'Trust has not carried it out yet.',
        schema: Broken,
        example: { order_id: orderId, permit: null },
        headers: Location,
      },
    },
    errors: [
      'invalid_request',
      'not_found',
      'scan_not_finished',
      'not_uploadable',
      'digest_mismatch',
      'order_invalid',
      'order_expired',
      'policy_invalid',
      'permit_missing',
      'permit_invalid',
      'dependency_unavailable',
    ],
    handle: async ({ principal, body: { workspace_id, ...asked } }) => {
      const scope = { tenant: principal.tenant, workspace: workspace_id };
      const scan = finished(await existingScan(deps, scope, asked.test_id));
      if (scan.uploadStatus === 'uploaded')
        throw new CertusError('not_uploadable', 'this scan is published already');
      const action = {
        kind: 'break_glass',
        workspace: workspace_id,
        bundle_digest: scan.bundleDigest,
        ...asked,
      } as const;
      const { orderId: order, result } = await giveOrder(deps, principal, action);
      const id = PermitId.safeParse(result?.permit_id).data;
      const row = id === undefined ? undefined : await findPermit(deps.database, scope, id);
      if (row === undefined)
        return {
          status: 202,
          headers: { Location: `/v1/orders/${order}` },
          body: { order_id: order, permit: null },
        };
      const permit = permitView(deps, scope, row, new Date());
      await publishWith(deps, principal, scope, permit);
      return {
        status: 201,
        headers: { Location: pathOf(permit, workspace_id) },
        body: { order_id: order, permit },
      };
    },
  });

const statements = (deps: Deps) =>
  route({
    method: 'post',
    path: '/v1/security-scans/{test_id}/statements',
    id: 'attachStatement',
    summary: 'Attach a signed statement about the bundle of a scan',
    description:
      'An endorsement (`https://certus.dev/endorsement/v1`) counts as a further signature, any other in-toto statement where a policy asks for its predicate type. Signed with a key of the tenant, over the digest of `bundle.json`, as a Sigstore bundle v0.3.',
    tag: 'permits',
    auth: 'token',
    params: z.object({ test_id: TestId }),
    body: {
      schema: AttachRequest.meta({ id: 'AttachRequest' }),
      examples: { endorsement: statementExample },
      limit: 2 * 1024 * 1024,
    },
    answers: {
      201: {
        description: 'It holds, and is kept.',
        schema: AttachedView.meta({ id: 'AttachedStatement' }),
        example: attachedExample,
      },
    },
    errors: [
      'invalid_request',
      'not_found',
      'scan_not_finished',
      'statement_invalid',
      'signature_invalid',
      'untrusted_signer',
      'key_revoked',
      'key_unusable',
      'certificate_expired',
      'payload_too_large',
      'dependency_unavailable',
    ],
    handle: async ({ principal, params, body }) => ({
      status: 201,
      body: await attach(deps, principal, body.workspace_id, params.test_id, body.bundle),
    }),
  });
