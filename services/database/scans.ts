import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { ScanState } from '../../contracts/scan.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { Prisma } from './generated/client.ts';
import { type NewScan, type ScanChanges, ScanRecord } from './scan-record.ts';
import { storable } from './storable.ts';

/** A place in the list; rows that are added later never move it. */
export type ScanCursor = { readonly createdAt: Date; readonly testId: string };

export type ScanListing = {
  readonly component?: string | undefined;
  readonly status?: ScanState | undefined;
  readonly limit: number;
  readonly after?: ScanCursor | undefined;
};

/** Inserts the run unless it is there and returns the row in force: the API and the first activity both call it. */
export async function openScan({ client }: Database, scope: Scope, scan: NewScan): Promise<ScanRecord> {
  const { tenant, workspace } = scope;
  const { request, ...rest } = storable(scan);
  const row = { ...rest, request: request ?? Prisma.DbNull, tenant, workspace, status: 'QUEUED' };
  await reachable(client.scan.createMany({ data: [row], skipDuplicates: true }));
  return existing(await find(client, scope, scan.testId), scan.testId);
}

/**
 * Applies the changes and returns the row in force. A finished run never goes back to running: such a change
 * comes from an attempt that was given up long ago, and is dropped whole.
 */
export async function updateScan(
  { client }: Database,
  scope: Scope,
  testId: string,
  changes: ScanChanges,
): Promise<ScanRecord> {
  const { tenant, workspace } = scope;
  const late = changes.status !== undefined && !TERMINAL.includes(changes.status);
  const update = async (those: ScanChanges, unless: Prisma.ScanWhereInput) => {
    const where = { tenant, workspace, testId, ...(late ? { status: { notIn: TERMINAL } } : {}), ...unless };
    const [row] = await reachable(client.scan.updateManyAndReturn({ where, data: columns(those) }));
    return row;
  };
  const changed = publishes(changes)
    ? ((await update(changes, { uploadStatus: { notIn: ['quarantined', 'deleted'] } })) ??
      (await update(withoutPublication(changes), {})))
    : await update(changes, {});
  return changed === undefined
    ? existing(await find(client, scope, testId), testId)
    : ScanRecord.parse(changed);
}

/** A publication that comes to its end while its run is put into quarantine, or deleted, must not be told as the last word. */
const publishes = ({ uploadStatus }: ScanChanges): boolean =>
  uploadStatus !== undefined && uploadStatus !== 'quarantined' && uploadStatus !== 'deleted';

function withoutPublication(changes: ScanChanges): ScanChanges {
  const {
    uploadStatus: _u,
    goldenManifest: _g,
    ociReference: _o,
    bundle: _b,
    indexed: _i,
    ...rest
  } = changes;
  return rest;
}

export function findScan(
  { client }: Database,
  scope: Scope,
  testId: string,
): Promise<ScanRecord | undefined> {
  return find(client, scope, testId);
}

/** Newest first; `next` is where the following page begins, `undefined` on the last one. */
export async function listScans(
  { client }: Database,
  { tenant, workspace }: Scope,
  { component, status, limit, after }: ScanListing,
): Promise<{ scans: ScanRecord[]; next: ScanCursor | undefined }> {
  const rows = await reachable(
    client.scan.findMany({
      where: {
        tenant,
        workspace,
        ...(component === undefined ? {} : { component }),
        ...(status === undefined ? {} : { status }),
        ...(after === undefined ? {} : following(after)),
      },
      orderBy: [{ createdAt: 'desc' }, { testId: 'desc' }],
      take: limit + 1,
    }),
  );
  const scans = rows.slice(0, limit).map((row) => ScanRecord.parse(row));
  const last = rows.length > limit ? scans.at(-1) : undefined;
  return { scans, next: last && { createdAt: last.createdAt, testId: last.testId } };
}

const TERMINAL: ScanState[] = ['SUCCEEDED', 'FAILED', 'CANCELLED'];

type Client = Database['client'];

async function find(
  client: Client,
  { tenant, workspace }: Scope,
  testId: string,
): Promise<ScanRecord | undefined> {
  const key = { tenant, workspace, testId };
  const row = await reachable(client.scan.findUnique({ where: { tenant_workspace_testId: key } }));
  return row === null ? undefined : ScanRecord.parse(row);
}

function existing(scan: ScanRecord | undefined, testId: string): ScanRecord {
  if (scan === undefined) throw new CertusError('not_found', `There is no scan ${testId} in this workspace.`);
  return scan;
}

/** The first condition alone bounds the index scan; the second decides between rows of one millisecond. */
function following({ createdAt, testId }: ScanCursor): Prisma.ScanWhereInput {
  return {
    createdAt: { lte: createdAt },
    OR: [{ createdAt: { lt: createdAt } }, { testId: { lt: testId } }],
  };
}

/** Prisma tells a JSON null from an absent value; ours is always the database's NULL. */
function columns(changes: ScanChanges): Prisma.ScanUpdateManyMutationInput {
  const { findings, changes: difference, ...rest } = storable(changes);
  return {
    ...rest,
    ...(findings === undefined ? {} : { findings: findings ?? Prisma.DbNull }),
    ...(difference === undefined ? {} : { changes: difference ?? Prisma.DbNull }),
  };
}
