import { z } from 'zod';
import { DenialReason, Violation } from '../../contracts/denial.ts';
import { Sha256 } from '../../contracts/identifiers.ts';
import { DigestLookup, Taint } from '../../contracts/provenance.ts';
import { Tier } from '../../contracts/trust-policy.ts';
import { type DigestUse, findKnownDigest } from '../../services/database/known-digests.ts';
import { listPermits, type PermitRecord } from '../../services/database/permits.ts';
import type { ScanRecord } from '../../services/database/scan-record.ts';
import { findScan } from '../../services/database/scans.ts';
import type { ApiDeps } from '../deps.ts';
import { route } from '../route.ts';
import { lookupExample } from './examples.ts';

const MOST_USES = 100;
const MOST_PERMITS = 20;

export const lookupRoute = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/artifacts/by-digest/{sha256}',
    id: 'lookUpDigest',
    summary: 'What is known of a digest',
    description:
      'Bundles, permits, promotions and violations of all workspaces of the own tenant that know it: as a bundle, a file of ' +
      'one, a statement, a manifest or what was scanned.',
    tag: 'verification',
    auth: 'token',
    params: z.object({ sha256: Sha256 }),
    answers: {
      200: {
        description: 'Everything that knows it; nothing does when the lists are empty.',
        schema: DigestLookup.meta({ id: 'DigestLookup' }),
        example: lookupExample,
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal: { tenant }, params: { sha256 } }) => {
      const { uses, more } = await findKnownDigest(deps.database, tenant, sha256, MOST_USES);
      const runs = await Promise.all(
        [...firstOfEach(uses).values()].map(async ({ workspace, testId }) => {
          const scope = { tenant, workspace };
          const [scan, permits] = await Promise.all([
            findScan(deps.database, scope, testId),
            listPermits(deps.database, scope, { testId, limit: MOST_PERMITS + 1 }),
          ]);
          return { workspace, testId, scan, permits };
        }),
      );
      const body: DigestLookup = {
        digest: sha256,
        bundles: uses.map((use) => bundleView(use, runs.find(sameRun(use))?.scan)),
        permits: runs.flatMap(({ workspace, permits }) =>
          permits.slice(0, MOST_PERMITS).map((permit) => permitView(workspace, permit)),
        ),
        promotions: runs.flatMap(({ workspace, scan }) => promotionView(workspace, scan)),
        violations: runs.flatMap(({ workspace, permits }) =>
          permits.slice(0, MOST_PERMITS).flatMap((permit) => violationViews(workspace, permit)),
        ),
        truncated: more || runs.some(({ permits }) => permits.length > MOST_PERMITS),
      };
      return { status: 200, body };
    },
  });

const firstOfEach = (uses: readonly DigestUse[]) =>
  new Map(uses.map((use) => [`${use.workspace}/${use.testId}`, use]));

const sameRun =
  (use: DigestUse) =>
  ({ workspace, testId }: Pick<DigestUse, 'workspace' | 'testId'>): boolean =>
    workspace === use.workspace && testId === use.testId;

const bundleView = ({ workspace, testId, kind, name }: DigestUse, scan: ScanRecord | undefined) => ({
  workspace_id: workspace,
  test_id: testId,
  kind,
  name,
  component_id: scan?.component ?? null,
  bundle_digest: scan?.bundleDigest ?? null,
});

const permitView = (workspace: string, permit: PermitRecord): DigestLookup['permits'][number] => ({
  workspace_id: workspace,
  test_id: permit.testId,
  permit_id: permit.id,
  permitted: permit.permitted,
  tier: Tier.parse(permit.tier),
  reason: DenialReason.nullable().parse(permit.reason),
  bypass: permit.bypass !== null,
  decided_at: permit.decidedAt.toISOString(),
  expires_at: permit.expiresAt?.toISOString() ?? null,
  tainted: Taint.array().parse(permit.tainted ?? []),
  log_entry_id: permit.logEntryId,
});

/** Where it is published, or was. */
function promotionView(workspace: string, scan: ScanRecord | undefined): DigestLookup['promotions'] {
  if (scan === undefined) return [];
  const { testId, uploadStatus, goldenManifest, ociReference } = scan;
  if (goldenManifest === null && ociReference === null && uploadStatus !== 'quarantined') return [];
  return [
    {
      workspace_id: workspace,
      test_id: testId,
      upload_status: uploadStatus,
      golden_manifest: goldenManifest,
      oci_reference: ociReference,
    },
  ];
}

const violationViews = (workspace: string, permit: PermitRecord): DigestLookup['violations'] =>
  Violation.array()
    .parse(permit.violations ?? [])
    .map((violation) => ({
      workspace_id: workspace,
      test_id: permit.testId,
      permit_id: permit.id,
      ...violation,
    }));
