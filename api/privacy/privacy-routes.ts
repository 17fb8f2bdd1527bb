import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { type Scope, WorkspaceId } from '../../contracts/identifiers.ts';
import {
  PrivacyScanId,
  PrivacyScanList,
  PrivacyScanRequest,
  PrivacyScanView,
} from '../../contracts/privacy.ts';
import { PAGE_HEADERS } from '../../domain/review/page.ts';
import { privacyReportPage } from '../../domain/review/privacy-report-page.ts';
import {
  findPrivacyScan,
  listPrivacyResults,
  listPrivacyScans,
} from '../../services/database/privacy-scans.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { AcceptHeader, PAGE_ALTERNATIVE, wantsPage } from '../wants-page.ts';
import { privacyScanExample } from './examples.ts';
import { privacyPolicyRoutes } from './policy-routes.ts';
import { privacyScanView } from './privacy-view.ts';
import { startPrivacyScan } from './start-privacy-scan.ts';

const View = PrivacyScanView.meta({ id: 'PrivacyScan' });
const Place = z.number().int().min(0);
const Before = z.tuple([z.iso.datetime(), PrivacyScanId]);
const RESULTS = 100;

/** What personal data there is among documents and evidence, and by which rules it is looked for. */
export function privacyRoutes(deps: ApiDeps): Route[] {
  return [scan(deps), list(deps), show(deps), ...privacyPolicyRoutes(deps)];
}

const scan = (deps: ApiDeps) =>
  route({
    method: 'post',
    path: '/v1/privacy/scan',
    id: 'startPrivacyScan',
    summary: 'Look for personal data among documents, or in the evidence of a scan',
    description:
      'Documents that the policy wants in quarantine are held back, and a review is opened for each, unless it is a dry ' +
      'run; evidence is reported on. What is found is told in kinds, counts and places. Answers with the results when ' +
      'there are any within a few seconds; otherwise Location will have them.',
    tag: 'privacy',
    auth: 'token',
    body: {
      schema: PrivacyScanRequest.meta({ id: 'StartPrivacyScan' }),
      examples: {
        everything: {},
        folder: { prefix: 'customers/', dry_run: true },
        evidence: { scan_id: 'test_0123456789abcdef01234567' },
      },
    },
    answers: {
      202: {
        description: 'Begun; `state` tells whether it has ended.',
        schema: View,
        example: privacyScanExample,
        headers: z.object({ Location: z.string().meta({ description: 'Path of the scan.' }) }),
      },
    },
    errors: ['invalid_request', 'not_found', 'scan_not_finished', 'dependency_unavailable'],
    handle: async ({ principal, body }) => {
      const { id, workspace } = await startPrivacyScan(deps, principal, body);
      const headers = { Location: `/v1/privacy/scans/${id}?workspace_id=${workspace}` };
      const scope = { tenant: principal.tenant, workspace };
      return { status: 202, headers, body: await viewOf(deps, scope, id, 0) };
    },
  });

const list = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/privacy/scans',
    id: 'listPrivacyScans',
    summary: 'Privacy scans, the newest first',
    tag: 'privacy',
    auth: 'token',
    query: z.strictObject({
      workspace_id: WorkspaceId.default('default'),
      limit: z.coerce.number().int().min(1).max(100).default(20),
      cursor: z.string().max(200).optional(),
    }),
    answers: {
      200: {
        description: 'Without their results.',
        schema: PrivacyScanList.meta({ id: 'PrivacyScanList' }),
        example: { scans: [withoutResults(privacyScanExample)], next_cursor: null },
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal, query: { workspace_id: workspace, limit, cursor } }) => {
      const place = cursor === undefined ? undefined : decodeCursor(cursor, Before);
      const after = place && { startedAt: new Date(place[0]), id: place[1] };
      const scope = { tenant: principal.tenant, workspace };
      const { scans, next } = await listPrivacyScans(deps.database, scope, { limit, after });
      return {
        status: 200,
        body: {
          scans: scans.map((record) => privacyScanView(record, deps.settings)),
          next_cursor: next === undefined ? null : encodeCursor([next.startedAt.toISOString(), next.id]),
        },
      };
    },
  });

function withoutResults({ results: _, next_cursor: __, ...scanned }: PrivacyScanView) {
  return scanned;
}

const show = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/privacy/scans/{privacy_scan_id}',
    id: 'getPrivacyScan',
    summary: 'A privacy scan and its results, as JSON or as a page',
    tag: 'privacy',
    auth: 'token',
    params: z.object({ privacy_scan_id: PrivacyScanId }),
    query: z.strictObject({
      workspace_id: WorkspaceId.default('default'),
      cursor: z.string().max(200).optional(),
    }),
    headers: AcceptHeader,
    answers: {
      200: {
        description: 'Kinds, counts and places; never what was found.',
        schema: View,
        example: privacyScanExample,
        alternatives: PAGE_ALTERNATIVE,
      },
    },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params, query: { workspace_id: workspace, cursor }, headers }) => {
      const from = cursor === undefined ? 0 : decodeCursor(cursor, Place);
      const scope = { tenant: principal.tenant, workspace };
      const view = await viewOf(deps, scope, params.privacy_scan_id, from);
      if (!wantsPage(headers)) return { status: 200, body: view };
      return {
        status: 200,
        headers: PAGE_HEADERS,
        contentType: 'text/html; charset=utf-8',
        body: privacyReportPage(view),
      };
    },
  });

async function viewOf(deps: ApiDeps, scope: Scope, id: string, from: number): Promise<PrivacyScanView> {
  const [record, { results, next }] = await Promise.all([
    findPrivacyScan(deps.database, scope, id),
    listPrivacyResults(deps.database, scope, id, { from, limit: RESULTS }),
  ]);
  if (record === undefined)
    throw new CertusError('not_found', 'there is no such privacy scan in this workspace');
  const next_cursor = next === undefined ? null : encodeCursor(next);
  return { ...privacyScanView(record, deps.settings), results, next_cursor };
}
