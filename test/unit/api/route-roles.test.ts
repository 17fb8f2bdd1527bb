import { expect, test } from '@jest/globals';
import type { Role } from '../../../api/authentication.ts';
import type { ApiDeps } from '../../../api/deps.ts';
import type { Route } from '../../../api/route.ts';
import { apiRoutes } from '../../../api/routes.ts';

/**
 * Who may use each route that changes something, and who may read where not everybody may. `member` is everybody with a token:
 * whoever adds a route says here that this is meant, as an order to Trust without a role would be anybody's.
 */
const WHO: Readonly<Record<string, Role | 'member'>> = {
  'post /v1/security-scans/upload-archive': 'member',
  'post /v1/security-scans': 'member',
  'post /v1/security-scans/{test_id}/cancel': 'member',
  'post /v1/security-scans/{test_id}/rerun': 'member',
  'post /v1/security-scans/{test_id}/upload-request': 'member',
  'put /v1/schedules/{component_id}/{name}': 'member',
  'delete /v1/schedules/{component_id}/{name}': 'member',
  'post /v1/schedules/{component_id}/{name}/pause': 'member',
  'post /v1/schedules/{component_id}/{name}/resume': 'member',
  'post /v1/schedules/{component_id}/{name}/run': 'member',
  'post /v1/schedules/{component_id}/{name}/backfill': 'member',
  'post /v1/triage': 'member',
  'post /v1/repos/{owner}/{repo}/code-scanning/sarifs': 'member',
  'post /v1/uploads/raw': 'member',
  'post /v1/uploads/sessions': 'member',
  'put /v1/uploads/sessions/{id}/parts': 'member',
  'post /v1/uploads/sessions/{id}/commit': 'member',
  'post /v1/privacy/scan': 'member',
  'put /v1/privacy/policies/{workspace}': 'admin',
  'post /v1/sanitize': 'member',
  'get /v1/reviews/{review_id}/preview': 'reviewer',
  'post /v1/reviews/{review_id}/decision': 'reviewer',
  'post /v1/promotions/golden': 'member',
  'post /v1/audits/golden': 'admin',
  'post /v1/golden/{test_id}/legal-hold': 'admin',
  'post /v1/golden/{test_id}/deletion': 'admin',
  'put /v1/retention/{workspace}': 'admin',
  'post /v1/verify-and-permit-upload': 'member',
  'post /v1/permits/break-glass': 'admin',
  'post /v1/permits/{id}/publish': 'member',
  'post /v1/security-scans/{test_id}/statements': 'member',
  'post /v1/execute-upload': 'member',
  'post /v1/execute-upload/batch': 'member',
  'post /v1/policies/eval': 'member',
  'put /v1/policies/{workspace}': 'admin',
  'post /v1/sign': 'member',
  'post /v1/sign-artifact': 'member',
  'post /v1/verify': 'member',
  'post /v1/verify-chain': 'member',
  'post /v1/keys': 'admin',
  'post /v1/keys/generate': 'admin',
  'post /v1/keys/rotate': 'admin',
  'post /v1/keys/{key_id}/deactivate': 'admin',
  'post /v1/keys/{key_id}/revoke': 'admin',
  'post /v1/subscriptions': 'admin',
  'delete /v1/subscriptions/{subscription_id}': 'admin',
  'post /v1/subscriptions/{subscription_id}/replay': 'admin',
  'post /v1/enrolment/passwords': 'admin',
  'post /v1/enrolment/sandbox': 'member',
  'post /v1/enrolment/compliance': 'member',
  'post /v1/enrolment/{enrolment_id}/sample': 'member',
  'post /v1/enrolment/{enrolment_id}/production': 'member',
  'post /v1/ingest/security': 'member',
  'post /v1/{workspace_id}/index': 'member',
  'post /v1/{workspace_id}/index/security': 'member',
  'post /v1/{workspace_id}/index/git': 'member',
  'post /v1/{workspace_id}/index/web': 'member',
  'post /v1/{workspace_id}/index/web/crawl': 'member',
  'post /v1/{workspace_id}/index/s3': 'member',
  'post /v1/{workspace_id}/index/security/s3': 'member',
  'post /v1/ingest-files/missing': 'member',
  'post /v1/ingest-files': 'member',
  'post /v1/ingest-folders': 'member',
  'post /v1/ingestions/{ingestion_id}/pause': 'member',
  'post /v1/ingestions/{ingestion_id}/resume': 'member',
  'post /v1/ingestions/{ingestion_id}/cancel': 'member',
  'post /v1/ingestions/{ingestion_id}/replay': 'member',
  'post /v1/sources': 'member',
  'delete /v1/sources/{source_id}': 'member',
  'post /v1/sources/{source_id}/run': 'member',
  'put /v1/sources/{source_id}/schedule': 'member',
  'delete /v1/sources/{source_id}/schedule': 'member',
  'post /v1/sources/{source_id}/schedule/pause': 'member',
  'post /v1/sources/{source_id}/schedule/resume': 'member',
  'post /v1/sources/{source_id}/schedule/backfill': 'member',
  'post /v1/datalake/preprocess': 'member',
  'post /v1/datalake/preprocess/batch': 'member',
  'post /v1/datalake/ingest': 'member',
  'post /v1/datalake/ingest/batch': 'member',
  'post /v1/datalake/upload': 'member',
  'post /v1/{workspace_id}/index_folder': 'member',
  'post /v1/index/forget': 'admin',
  'post /v1/admin/reindex': 'admin',
  'get /v1/admin/reindex': 'admin',
  'get /metrics': 'admin',
};

// The table is built without its servers: nothing is called while it is read.
const routes = apiRoutes({ version: '0.0.0', trust: {}, settings: {} } as unknown as ApiDeps);

const isRestricted = ({ method, role }: Route): boolean => method !== 'get' || role !== undefined;
const whoMay = (served: readonly Route[]) =>
  Object.fromEntries(
    served
      .filter(isRestricted)
      .map(({ method, path, auth, role }) => [
        `${method} ${path}`,
        auth === 'none' ? 'anybody' : (role ?? 'member'),
      ]),
  );

test('every route that changes something is for whom it is meant', () => {
  expect(whoMay(routes)).toEqual(WHO);
});

test('a route that loses its role, its token or its line is noticed', () => {
  const revoke = routes.find(({ id }) => id === 'revokeKey');
  if (revoke === undefined) throw new Error('there is no such route');
  const { role: _, ...roleless } = revoke;
  const others = routes.filter((route) => route !== revoke);
  for (const changed of [
    [...others, roleless],
    [...others, { ...revoke, auth: 'none' as const }],
    [...others, { ...revoke, role: 'reviewer' as const }],
    [...routes, { ...roleless, path: '/v1/keys/anything' }],
    others,
  ])
    expect(whoMay(changed)).not.toEqual(WHO);
});
