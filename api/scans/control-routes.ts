import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { TestId, WorkspaceId } from '../../contracts/identifiers.ts';
import type { ScanState } from '../../contracts/scan.ts';
import {
  CancelRequest,
  RerunRequest,
  ScanStatistics,
  UploadAccepted,
  UploadRequest,
} from '../../contracts/scan-control.ts';
import { countScans } from '../../services/database/scan-statistics.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { AcceptedSchema, acceptedExample } from './examples.ts';
import { existingScan } from './existing-scan.ts';
import { requestUpload } from './request-upload.ts';
import { rerunScan } from './rerun-scan.ts';
import { cancelScan } from './scan-runs.ts';
import { acceptedView } from './scan-view.ts';
import { settledScan } from './settle-scan.ts';

const Params = z.object({ test_id: TestId });
const Statistics = ScanStatistics.meta({ id: 'ScanStatistics' });

/** What may be asked of a scan besides how it goes. */
export function scanControlRoutes(deps: ApiDeps): Route[] {
  return [cancel(deps), rerun(deps), upload(deps), ...statistics(deps)];
}

const cancel = (deps: ApiDeps) =>
  route({
    method: 'post',
    path: '/v1/security-scans/{test_id}/cancel',
    id: 'cancelScan',
    summary: 'Stop a scan',
    description:
      'Its tools are killed, its checkout removed, and its record says CANCELLED once that is done.',
    tag: 'scans',
    auth: 'token',
    params: Params,
    body: { schema: CancelRequest.meta({ id: 'CancelRequest' }), examples: { default: {} } },
    answers: {
      202: {
        description: 'It is being stopped.',
        schema: z.object({ test_id: TestId, status: z.literal('CANCELLING') }),
        example: { test_id: acceptedExample.test_id, status: 'CANCELLING' },
      },
    },
    errors: ['invalid_request', 'not_found', 'scan_finished', 'dependency_unavailable'],
    handle: async ({ principal, params, body }) => {
      const scope = { tenant: principal.tenant, workspace: body.workspace_id };
      const row = await existingScan(deps, scope, params.test_id);
      // the engine takes a request to cancel also for a run that has ended, and then forgets it
      const scan = await settledScan(deps, scope, row);
      if (scan.completedAt !== null || !(await cancelScan(deps.temporal, scan.workflowId)))
        throw new CertusError('scan_finished', 'this scan has ended already');
      return { status: 202, body: { test_id: params.test_id, status: 'CANCELLING' } };
    },
  });

const rerun = (deps: ApiDeps) =>
  route({
    method: 'post',
    path: '/v1/security-scans/{test_id}/rerun',
    id: 'rerunScan',
    summary: 'Scan the same once more',
    tag: 'scans',
    auth: 'token',
    params: Params,
    body: { schema: RerunRequest.meta({ id: 'RerunRequest' }), examples: { default: {} } },
    answers: {
      202: {
        description: 'Accepted, as a scan of its own.',
        schema: AcceptedSchema,
        example: acceptedExample,
        headers: z.object({ Location: z.string().meta({ description: 'Path of the new scan.' }) }),
      },
    },
    errors: ['invalid_request', 'not_found', 'scan_not_finished', 'dependency_unavailable'],
    handle: async ({ principal, params, body }) => {
      const scan = await rerunScan(deps, principal, params.test_id, body);
      const headers = { Location: `/v1/security-scans/${scan.testId}?workspace_id=${scan.scope.workspace}` };
      return { status: 202, headers, body: acceptedView(scan) };
    },
  });

const upload = (deps: ApiDeps) =>
  route({
    method: 'post',
    path: '/v1/security-scans/{test_id}/upload-request',
    id: 'requestUpload',
    summary: 'Ask for the publication of a scan that was kept back',
    description: 'For scans made with `publish: false`. Trust decides; `upload_status` of the scan says how.',
    tag: 'scans',
    auth: 'token',
    params: Params,
    body: {
      schema: UploadRequest.meta({ id: 'UploadRequest' }),
      examples: { verified: { tier: 'verified' } },
    },
    answers: {
      202: {
        description: 'Asked; the scan will tell.',
        schema: UploadAccepted.meta({ id: 'UploadAccepted' }),
        example: { upload_permission_id: null, upload_status: 'pending' },
        headers: z.object({ Location: z.string().meta({ description: 'Path of the scan.' }) }),
      },
    },
    errors: ['invalid_request', 'not_found', 'scan_not_finished', 'not_uploadable', 'dependency_unavailable'],
    handle: async ({ principal, params, body }) => {
      const scan = await requestUpload(deps, principal, params.test_id, body);
      return {
        status: 202,
        headers: { Location: `/v1/security-scans/${scan.testId}?workspace_id=${body.workspace_id}` },
        body: { upload_permission_id: scan.permitId, upload_status: scan.uploadStatus },
      };
    },
  });

/** Under its own path and under the one by which clients of old know it. */
const statistics = (deps: ApiDeps) =>
  (['/v1/stats', '/stats'] as const).map((path) =>
    route({
      method: 'get',
      path,
      id: path === '/stats' ? 'getStatsOfOld' : 'getStats',
      summary: 'How many scans are in which state',
      tag: 'scans',
      auth: 'token',
      query: z.strictObject({ workspace_id: WorkspaceId.default('default') }),
      answers: {
        200: {
          description: 'Counted now.',
          schema: Statistics,
          example: statisticsExample,
        },
      },
      errors: ['invalid_request', 'dependency_unavailable'],
      handle: async ({ principal, query }) => {
        const rows = await countScans(deps.database, {
          tenant: principal.tenant,
          workspace: query.workspace_id,
        });
        const sum = (of: typeof rows) => of.reduce((total, { count }) => total + count, 0);
        const inState = (state: ScanState) => sum(rows.filter(({ status }) => status === state));
        const uploads = (state: string) => sum(rows.filter(({ uploadStatus }) => uploadStatus === state));
        const body: ScanStatistics = {
          total_scans: sum(rows),
          scans_by_status: {
            queued: inState('QUEUED'),
            running: inState('RUNNING'),
            succeeded: inState('SUCCEEDED'),
            failed: inState('FAILED'),
            cancelled: inState('CANCELLED'),
          },
          upload_stats: {
            pending: uploads('pending'),
            permitted: uploads('permitted'),
            uploaded: uploads('uploaded'),
            upload_failed: uploads('upload_failed'),
            denied: uploads('denied'),
            quarantined: uploads('quarantined'),
          },
          active_streams: deps.activeStreams(),
          timestamp: new Date().toISOString(),
        };
        return { status: 200, body };
      },
    }),
  );

const statisticsExample: ScanStatistics = {
  total_scans: 3,
  scans_by_status: { queued: 0, running: 1, succeeded: 2, failed: 0, cancelled: 0 },
  upload_stats: { pending: 1, permitted: 0, uploaded: 2, upload_failed: 0, denied: 0, quarantined: 0 },
  active_streams: 1,
  timestamp: '2026-01-01T00:00:00.000Z',
};
