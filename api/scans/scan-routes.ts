import { z } from 'zod';
import { TestId, WorkspaceId } from '../../contracts/identifiers.ts';
import { ScanCreateRequest, ScanList, ScanListParameters, ScanStatus } from '../../contracts/scan.ts';
import { permitTerms } from '../../services/database/permits.ts';
import { findScan, listScans } from '../../services/database/scans.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { createScan } from './create-scan.ts';
import { AcceptedSchema, acceptedExample, requestExamples, statusExample } from './examples.ts';
import { noSuchScan } from './existing-scan.ts';
import { progressOf, runningScan } from './scan-runs.ts';
import { acceptedView, queuedRecord, statusView } from './scan-view.ts';
import { settleScan } from './settle-scan.ts';

const Status = ScanStatus.meta({ id: 'Scan' });
const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/, 'is 1 to 255 printable ASCII characters')
  .meta({
    description: 'Sent again with the same body, the same answer comes back and nothing starts twice.',
  });
const Place = z.object({ created_at: z.iso.datetime(), test_id: TestId });

export function scanRoutes(deps: ApiDeps): Route[] {
  return [create(deps), list(deps), show(deps)];
}

const create = (deps: ApiDeps) =>
  route({
    method: 'post',
    path: '/v1/security-scans',
    id: 'createScan',
    summary: 'Start a scan',
    description: 'Answers once the run is durable; ask the resource in `Location` for how it goes.',
    tag: 'scans',
    auth: 'token',
    headers: z.object({ 'idempotency-key': IdempotencyKey.optional() }),
    body: { schema: ScanCreateRequest.meta({ id: 'ScanRequest' }), examples: requestExamples },
    answers: {
      202: {
        description: 'Accepted.',
        schema: AcceptedSchema,
        example: acceptedExample,
        headers: z.object({
          Location: z.string().meta({ description: 'Path of the scan.' }),
          'Retry-After': z.string().meta({ description: 'Seconds after which asking makes sense.' }),
          'Idempotency-Replayed': z
            .literal('true')
            .optional()
            .meta({ description: 'Accepted by an earlier request.' }),
        }),
      },
    },
    errors: [
      'invalid_request',
      'unknown_profile',
      'source_not_allowed',
      'idempotency_conflict',
      'dependency_unavailable',
    ],
    handle: async ({ principal, body, headers }) => {
      const { scan, replayed } = await createScan(deps, principal, body, headers['idempotency-key']);
      return {
        status: 202,
        headers: {
          Location: `/v1/security-scans/${scan.testId}?workspace_id=${scan.scope.workspace}`,
          'Retry-After': '1',
          ...(replayed ? { 'Idempotency-Replayed': 'true' } : {}),
        },
        body: acceptedView(scan),
      };
    },
  });

const list = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/security-scans',
    id: 'listScans',
    summary: 'List scans, newest first',
    tag: 'scans',
    auth: 'token',
    query: ScanListParameters,
    answers: {
      200: {
        description: 'A page of scans. `steps` is empty here; ask for a single scan to see them.',
        schema: ScanList.extend({ scans: z.array(Status) }).meta({ id: 'ScanList' }),
        example: { scans: [statusExample], next_cursor: null },
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal, query }) => {
      const { workspace_id, component_id, status, limit, cursor } = query;
      const place = cursor === undefined ? undefined : decodeCursor(cursor, Place);
      const scope = { tenant: principal.tenant, workspace: workspace_id };
      const page = await listScans(deps.database, scope, {
        component: component_id,
        status,
        limit,
        after: place && { createdAt: new Date(place.created_at), testId: place.test_id },
      });
      const next = page.next && { created_at: page.next.createdAt.toISOString(), test_id: page.next.testId };
      const permits = await permitTerms(deps.database, scope, idsOf(page.scans));
      const body: ScanList = {
        scans: page.scans.map((scan) =>
          statusView(workspace_id, scan, { permit: permits.get(scan.permitId ?? '') }),
        ),
        next_cursor: next ? encodeCursor(next) : null,
      };
      return { status: 200, body };
    },
  });

const show = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/security-scans/{test_id}',
    id: 'getScan',
    summary: 'How a scan goes, or went',
    description:
      'The same keys in every state; what is not known yet is null. `steps` is filled while it runs.',
    tag: 'scans',
    auth: 'token',
    params: z.object({ test_id: TestId }),
    query: z.strictObject({ workspace_id: WorkspaceId.default('default') }),
    answers: { 200: { description: 'The scan.', schema: Status, example: statusExample } },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params, query }) => {
      const scope = { tenant: principal.tenant, workspace: query.workspace_id };
      const row = await findScan(deps.database, scope, params.test_id);
      if (row) {
        const steps = row.status === 'RUNNING' ? await progressOf(deps.temporal, row.workflowId) : [];
        const silent = row.completedAt === null && steps.length === 0;
        const scan = silent ? await settleScan(deps, scope, row) : row;
        const permits = await permitTerms(deps.database, scope, idsOf([scan]));
        const permit = permits.get(scan.permitId ?? '');
        return { status: 200, body: statusView(scope.workspace, scan, { steps, permit }) };
      }
      const queued = await runningScan(deps.temporal, scope, params.test_id);
      if (!queued) throw noSuchScan();
      return { status: 200, body: statusView(scope.workspace, queuedRecord(queued)) };
    },
  });

const idsOf = (scans: readonly { readonly permitId: string | null }[]): string[] =>
  scans.flatMap(({ permitId }) => permitId ?? []);
