import { deliveryRoutes } from './agents/delivery-routes.ts';
import { archiveRoutes } from './archives/archive-routes.ts';
import { artifactRoutes } from './artifacts/artifact-routes.ts';
import { datalakeRoutes } from './datalake/datalake-routes.ts';
import { refusedRoutes } from './datalake/refused-routes.ts';
import type { ApiDeps } from './deps.ts';
import { documentationRoutes } from './documentation.ts';
import { authorityRoutes } from './enrolment/authority-routes.ts';
import { enrolmentRoutes } from './enrolment/enrolment-routes.ts';
import { eventRoutes } from './events/event-routes.ts';
import { subscriptionRoutes } from './events/subscription-routes.ts';
import { executeUploadRoutes } from './execute-upload/execute-routes.ts';
import { findingRoutes } from './findings/finding-routes.ts';
import { triageRoutes } from './findings/triage-routes.ts';
import { deletionRoutes } from './golden/deletion-routes.ts';
import { goldenRoutes } from './golden/golden-routes.ts';
import { holdRoutes } from './golden/hold-routes.ts';
import { retentionRoutes } from './golden/retention-routes.ts';
import { healthRoutes } from './health.ts';
import { ingestRoutes } from './ingest/ingest-routes.ts';
import { folderRoutes } from './ingestion/folder-routes.ts';
import { forgetRoutes } from './ingestion/forget-routes.ts';
import { indexRoutes } from './ingestion/index-routes.ts';
import { ingestionRoutes } from './ingestion/ingestion-routes.ts';
import { sourceRoutes } from './ingestion/source-routes.ts';
import { keyRoutes } from './keys/key-routes.ts';
import { openApiDocument } from './openapi.ts';
import { orderRoutes } from './orders/order-routes.ts';
import { permitRoutes } from './permits/permit-routes.ts';
import { policyRoutes } from './policies/policy-routes.ts';
import { privacyRoutes } from './privacy/privacy-routes.ts';
import { promotionRoutes } from './promotions/promotion-routes.ts';
import { provenanceRoutes } from './provenance/provenance-routes.ts';
import { sarifRoutes } from './reports/sarif-routes.ts';
import { reviewRoutes } from './reviews/review-routes.ts';
import type { Route } from './route.ts';
import { sanitizeRoutes } from './sanitize/sanitize-routes.ts';
import { scanControlRoutes } from './scans/control-routes.ts';
import { scanRoutes } from './scans/scan-routes.ts';
import { scheduleRoutes } from './schedules/schedule-routes.ts';
import { reindexRoutes } from './search/reindex-routes.ts';
import { searchRoutes } from './search/search-routes.ts';
import { signRoutes } from './signing/sign-routes.ts';
import { statsRoutes } from './stats/stats-routes.ts';
import { streamRoutes } from './streams/stream-routes.ts';
import { transparencyRoutes } from './transparency/transparency-routes.ts';
import { uploadRoutes } from './uploads/upload-routes.ts';
import { chainRoutes } from './verification/chain-routes.ts';
import { verifyRoutes } from './verification/verify-routes.ts';

/** Everything that is served, in the order in which it is documented. */
export function apiRoutes(deps: ApiDeps): Route[] {
  const routes: Route[] = [
    // its path would otherwise be taken for a scan's
    ...archiveRoutes(deps),
    ...scanRoutes(deps),
    ...scanControlRoutes(deps),
    ...scheduleRoutes(deps),
    ...streamRoutes(deps),
    ...artifactRoutes(deps),
    ...findingRoutes(deps),
    ...triageRoutes(deps),
    ...sarifRoutes(deps),
    ...uploadRoutes(deps),
    ...privacyRoutes(deps),
    ...sanitizeRoutes(deps),
    ...reviewRoutes(deps),
    ...promotionRoutes(deps),
    ...goldenRoutes(deps),
    ...holdRoutes(deps),
    ...deletionRoutes(deps),
    ...retentionRoutes(deps),
    ...permitRoutes(deps),
    ...executeUploadRoutes(deps),
    ...policyRoutes(deps),
    ...signRoutes(deps),
    ...verifyRoutes(deps),
    ...chainRoutes(deps),
    ...provenanceRoutes(deps),
    ...transparencyRoutes(deps),
    ...keyRoutes(deps),
    ...eventRoutes(deps),
    ...subscriptionRoutes(deps),
    ...enrolmentRoutes(deps),
    ...authorityRoutes(deps),
    ...orderRoutes(deps),
    ...ingestRoutes(deps),
    ...indexRoutes(deps),
    ...folderRoutes(deps),
    ...ingestionRoutes(deps),
    ...sourceRoutes(deps),
    ...datalakeRoutes(deps),
    ...refusedRoutes(),
    ...forgetRoutes(deps),
    ...searchRoutes(deps),
    ...reindexRoutes(deps),
    ...healthRoutes(deps),
    ...statsRoutes(deps),
    ...documentationRoutes(() => document),
  ];
  // served by a listener of its own, and documented where everything else is
  const document = openApiDocument([...routes, ...deliveryRoutes(deps)], deps.version);
  return routes;
}
