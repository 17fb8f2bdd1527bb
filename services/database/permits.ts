import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { Prisma } from './generated/client.ts';
import { storable } from './storable.ts';

/** A decision of Trust; only one that permits has a statement. */
export type PermitRecord = {
  readonly id: string;
  readonly testId: string;
  readonly bundleDigest: string;
  /** What it was asked on: the run's own question, a request or an order. */
  readonly ground: string;
  readonly tier: string;
  readonly permitted: boolean;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly violations: unknown;
  readonly facts: unknown;
  readonly shadow: unknown;
  readonly bypass: unknown;
  readonly policyDigest: string | null;
  /** The signed statement, byte for byte. */
  readonly statement: Uint8Array | null;
  readonly decidedAt: Date;
  readonly expiresAt: Date | null;
  /** That it stands in the log; null until it does. */
  readonly logProof: string | null;
  readonly logIndex: bigint | null;
  readonly logEntryId: string | null;
  readonly rekor: unknown;
  readonly tainted: unknown;
};

export type NewPermit = Omit<PermitRecord, 'logProof' | 'logIndex' | 'logEntryId' | 'rekor' | 'tainted'>;

/** The first decision over a bundle on a ground stands: whoever decides again gets the row that won. */
export async function recordPermit(
  database: Database,
  scope: Scope,
  permit: NewPermit,
): Promise<PermitRecord> {
  const { client } = database;
  const { violations, facts, shadow, bypass, statement, ...rest } = permit;
  const row = {
    ...storable({ ...rest, violations: violations as object }),
    ...scope,
    facts: json(facts),
    shadow: json(shadow),
    bypass: json(bypass),
    statement: statement && new Uint8Array(statement),
  };
  const [mine] = await reachable(
    client.permit.createManyAndReturn({ data: [row], skipDuplicates: true, omit: SCOPE }),
  );
  if (mine !== undefined) return mine;
  const winner = await findDecision(database, scope, permit);
  if (winner === undefined) {
    throw new CertusError('internal_error', `The permit id ${permit.id} already belongs to another bundle.`);
  }
  return winner;
}

const json = (value: unknown) =>
  value === null || value === undefined ? Prisma.DbNull : (storable(value) as object);

/** What was decided over a bundle on this ground. */
export async function findDecision(
  { client }: Database,
  { tenant, workspace }: Scope,
  { testId, bundleDigest, ground }: Pick<PermitRecord, 'testId' | 'bundleDigest' | 'ground'>,
): Promise<PermitRecord | undefined> {
  const key = { tenant, workspace, testId, bundleDigest, ground };
  const where = { tenant_workspace_testId_bundleDigest_ground: key };
  return (await reachable(client.permit.findUnique({ where, omit: SCOPE }))) ?? undefined;
}

export async function findPermit(
  { client }: Database,
  { tenant, workspace }: Scope,
  id: string,
): Promise<PermitRecord | undefined> {
  const key = { tenant_workspace_id: { tenant, workspace, id } };
  return (await reachable(client.permit.findUnique({ where: key, omit: SCOPE }))) ?? undefined;
}

/** Newest first. */
export async function listPermits(
  { client }: Database,
  { tenant, workspace }: Scope,
  { testId, limit }: { readonly testId?: string | undefined; readonly limit: number },
): Promise<PermitRecord[]> {
  const where = { tenant, workspace, ...(testId === undefined ? {} : { testId }) };
  const orderBy = [{ decidedAt: 'desc' as const }, { id: 'asc' as const }];
  return reachable(client.permit.findMany({ where, orderBy, take: limit, omit: SCOPE }));
}

/** Decisions with the facts they rest on, newest first. */
export async function decisionsWithFacts(
  { client }: Database,
  { tenant, workspace }: Scope,
  { component, limit }: { readonly component?: string | undefined; readonly limit: number },
): Promise<PermitRecord[]> {
  const ofComponent =
    component === undefined ? {} : { AND: [{ facts: { path: ['component'], equals: component } }] };
  return reachable(
    client.permit.findMany({
      where: { tenant, workspace, facts: { not: Prisma.DbNull }, ...ofComponent },
      orderBy: [{ decidedAt: 'desc' }, { id: 'asc' }],
      take: limit,
      omit: SCOPE,
    }),
  );
}

export type LogPlace = { readonly proof: string | null; readonly index: number; readonly entryId: string };

/** Where the decision stands in the log. The first place that was written down is the one. */
export async function completePermit(
  { client }: Database,
  { tenant, workspace }: Scope,
  id: string,
  { proof, index, entryId }: LogPlace,
): Promise<void> {
  await reachable(
    client.permit.updateMany({
      where: { tenant, workspace, id, logIndex: null },
      data: { logProof: proof, logIndex: BigInt(index), logEntryId: entryId },
    }),
  );
}

const SCOPE = { tenant: true, workspace: true } as const;

/** What a scan shows of its permit. */
export type PermitTerms = {
  readonly tier: 'basic' | 'verified';
  readonly bypass: { order_id: string; by: string; reason: string; until: string } | null;
  readonly revoked_keys: string[];
};

/** The terms of permits that were given, by their ids. */
export async function permitTerms(
  { client }: Database,
  { tenant, workspace }: Scope,
  ids: readonly string[],
): Promise<ReadonlyMap<string, PermitTerms>> {
  if (ids.length === 0) return new Map();
  const rows = await reachable(
    client.permit.findMany({
      where: { tenant, workspace, id: { in: [...ids] }, permitted: true },
      select: { id: true, tier: true, bypass: true, tainted: true },
    }),
  );
  return new Map(rows.map(({ id, ...row }) => [id, Terms.parse(row)]));
}

const Terms = z
  .object({
    tier: z.enum(['basic', 'verified']),
    bypass: z
      .object({ order_id: z.string(), by: z.string(), reason: z.string(), until: z.string() })
      .nullable(),
    tainted: z.array(z.object({ key_id: z.string() })).nullable(),
  })
  .transform(({ tainted, ...row }) => ({
    ...row,
    revoked_keys: (tainted ?? []).map(({ key_id }) => key_id),
  }));
