import { z } from 'zod';
import type { Scope } from '../../contracts/identifiers.ts';
import {
  Inspection,
  PrivacyOutcome,
  type PrivacyScanInput,
  type PrivacyScanResult,
} from '../../contracts/privacy.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import type { Prisma } from './generated/client.ts';
import { storable } from './storable.ts';

const Fault = z.object({ code: z.string(), message: z.string() });

export type PrivacyScanRecord = {
  readonly scanned: number;
  readonly clean: number;
  readonly masked: number;
  readonly quarantined: number;
  readonly scope: Scope;
  readonly id: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly prefix: string | null;
  readonly testId: string | null;
  readonly dryRun: boolean;
  readonly policyDigest: string | null;
  readonly requestedBy: string;
  readonly error: z.infer<typeof Fault> | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
};

/** Inserts the scan unless it is there: the API and the first step both call it. */
export async function openPrivacyScan(
  database: Database,
  { tenant, workspace, id, ...input }: PrivacyScanInput,
  startedAt: Date,
): Promise<PrivacyScanRecord> {
  const row = storable({ ...input, tenant, workspace, id, state: 'running', startedAt });
  await reachable(database.client.privacyScan.createMany({ data: [row], skipDuplicates: true }));
  const found = await findPrivacyScan(database, { tenant, workspace }, id);
  if (found === undefined) throw new Error(`the privacy scan ${id} was recorded and is not there`);
  return found;
}

export async function findPrivacyScan(
  { client }: Database,
  { tenant, workspace }: Scope,
  id: string,
): Promise<PrivacyScanRecord | undefined> {
  const key = { tenant_workspace_id: { tenant, workspace, id } };
  const row = await reachable(client.privacyScan.findUnique({ where: key }));
  return row === null ? undefined : recordOf(row);
}

export type PrivacyScanCursor = { readonly startedAt: Date; readonly id: string };

/** The newest first. */
export async function listPrivacyScans(
  { client }: Database,
  { tenant, workspace }: Scope,
  { limit, after }: { readonly limit: number; readonly after?: PrivacyScanCursor | undefined },
): Promise<{ readonly scans: PrivacyScanRecord[]; readonly next: PrivacyScanCursor | undefined }> {
  const following = after && {
    OR: [{ startedAt: { lt: after.startedAt } }, { startedAt: after.startedAt, id: { lt: after.id } }],
  };
  const rows = await reachable(
    client.privacyScan.findMany({
      where: { tenant, workspace, ...following },
      orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
      take: limit + 1,
    }),
  );
  const scans = rows.slice(0, limit).map(recordOf);
  const last = rows.length > limit ? scans.at(-1) : undefined;
  return { scans, next: last && { startedAt: last.startedAt, id: last.id } };
}

/** What is closed stays as it is. */
export async function updatePrivacyScan(
  { client }: Database,
  { tenant, workspace }: Scope,
  id: string,
  { error, ...change }: Partial<Pick<PrivacyScanRecord, 'state' | 'policyDigest' | 'error' | 'endedAt'>>,
): Promise<void> {
  const data = { ...storable(change), ...(error == null ? {} : { error: storable(error) }) };
  await reachable(client.privacyScan.updateMany({ where: { tenant, workspace, id, endedAt: null }, data }));
}

export type Place = { readonly from: number; readonly limit: number };

/** Puts the results of one page where they belong, in place of those of an attempt before, and counts all there are. */
export async function replaceResults(
  { client }: Database,
  { tenant, workspace }: Scope,
  scanId: string,
  { from, limit }: Place,
  results: readonly PrivacyScanResult[],
): Promise<void> {
  const run = { tenant, workspace, scanId };
  const data = results.map((result, at) => storable({ ...run, ordinal: from + at, ...columnsOf(result) }));
  await reachable(
    client.$transaction(async (transaction) => {
      const where = { ...run, ordinal: { gte: from, lt: from + limit } };
      await transaction.privacyResult.deleteMany({ where });
      await transaction.privacyResult.createMany({ data });
      const groups = await transaction.privacyResult.groupBy({
        by: ['outcome'],
        where: run,
        _count: true,
      });
      const count = (outcome: PrivacyOutcome) =>
        groups.find((group) => group.outcome === outcome)?._count ?? 0;
      const [clean, masked, quarantined] = [count('clean'), count('masked'), count('quarantined')];
      await transaction.privacyScan.updateMany({
        where: { tenant, workspace, id: scanId },
        data: { clean, masked, quarantined, scanned: clean + masked + quarantined },
      });
    }),
  );
}

/** In the order in which they were looked at. */
export async function listPrivacyResults(
  { client }: Database,
  { tenant, workspace }: Scope,
  scanId: string,
  { from, limit }: Place,
): Promise<{ readonly results: PrivacyScanResult[]; readonly next: number | undefined }> {
  const rows = await reachable(
    client.privacyResult.findMany({
      where: { tenant, workspace, scanId, ordinal: { gte: from } },
      orderBy: { ordinal: 'asc' },
      take: limit + 1,
    }),
  );
  return {
    results: rows.slice(0, limit).map(resultOf),
    next: rows.length > limit ? rows[limit]?.ordinal : undefined,
  };
}

const Found = Inspection.pick({ format: true, kinds: true, places: true, opaque: true });

const columnsOf = ({ key, name, sha256, outcome, review_id, ...result }: PrivacyScanResult) => ({
  key,
  name,
  sha256,
  outcome,
  inspection: Found.parse(result) as Prisma.InputJsonObject,
  reviewId: review_id,
});

function resultOf(row: Prisma.PrivacyResultGetPayload<Record<string, never>>): PrivacyScanResult {
  const found = Found.parse(row.inspection);
  return {
    key: row.key,
    name: row.name,
    sha256: row.sha256,
    outcome: PrivacyOutcome.parse(row.outcome),
    quarantined: row.reviewId !== null,
    findings: found.kinds.reduce((sum, { count }) => sum + count, 0),
    ...found,
    review_id: row.reviewId,
  };
}

function recordOf({
  tenant,
  workspace,
  state,
  error,
  ...row
}: Prisma.PrivacyScanGetPayload<Record<string, never>>): PrivacyScanRecord {
  return {
    ...row,
    scope: { tenant, workspace },
    state: z.enum(['running', 'done', 'failed']).parse(state),
    error: Fault.nullable().parse(error),
  };
}
