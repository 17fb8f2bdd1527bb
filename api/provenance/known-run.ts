import type { Scope } from '../../contracts/identifiers.ts';
import type { PromotionState } from '../../contracts/promotion.ts';
import type { UploadStatus } from '../../contracts/scan.ts';
import { sourceText } from '../../contracts/source-text.ts';
import { isDocumentsRun } from '../../domain/custody/run-kind.ts';
import type { RunFacts } from '../../domain/provenance/chain-facts.ts';
import type { Database } from '../../services/database/database.ts';
import { findPromotion, type PromotionRecord } from '../../services/database/document-promotions.ts';
import type { ScanRecord } from '../../services/database/scan-record.ts';
import { existingScan, noSuchScan } from '../scans/existing-scan.ts';

/** What the row of a run says, be it a scan or a promotion of documents; `not_found` also for one of another workspace. */
export async function knownRun(
  { database }: { readonly database: Database },
  scope: Scope,
  testId: string,
): Promise<RunFacts> {
  if (!isDocumentsRun(testId)) return scanFacts(scope, await existingScan({ database }, scope, testId));
  const promotion = await findPromotion(database, scope, testId);
  if (promotion === undefined) throw noSuchScan();
  return promotionFacts(scope, promotion);
}

const scanFacts = ({ tenant, workspace }: Scope, scan: ScanRecord): RunFacts => ({
  tenant,
  workspace,
  testId: scan.testId,
  component: scan.component,
  source: sourceText(scan.source),
  commit: scan.commit,
  contentHash: scan.contentHash,
  manifestDigest: scan.manifestDigest,
  createdAt: scan.createdAt.toISOString(),
  completedAt: scan.completedAt?.toISOString() ?? null,
  bundle: scan.bundle,
  bundleDigest: scan.bundleDigest,
  uploadStatus: scan.uploadStatus,
  goldenManifest: scan.goldenManifest,
  ociReference: scan.ociReference,
  tools: scan.tools,
});

/** Documents were looked at by no tool, and under no manifest. */
const promotionFacts = ({ tenant, workspace }: Scope, promotion: PromotionRecord): RunFacts => ({
  tenant,
  workspace,
  testId: promotion.testId,
  component: promotion.component,
  source: `${promotion.documents} documents`,
  commit: null,
  contentHash: null,
  manifestDigest: null,
  createdAt: promotion.createdAt.toISOString(),
  completedAt: promotion.endedAt?.toISOString() ?? null,
  bundle: null,
  bundleDigest: null,
  uploadStatus: STATUS[promotion.state],
  goldenManifest: promotion.goldenManifest,
  ociReference: promotion.ociReference,
  tools: [],
});

const STATUS: Readonly<Record<PromotionState, UploadStatus>> = {
  running: 'pending',
  promoted: 'uploaded',
  withheld: 'in_review',
  denied: 'denied',
  failed: 'upload_failed',
};
