import type { Scope } from '../../contracts/identifiers.ts';
import { Triage } from '../../contracts/triage.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { Prisma } from './generated/client.ts';
import { storable } from './storable.ts';

type Row = {
  fingerprint: string;
  state: string;
  reason: string;
  actor: string;
  until: Date | null;
  decidedAt: Date;
};

/** Adds decisions about issues of a component, all or none; earlier ones stay on record. */
export async function decideTriage(
  { client }: Database,
  { tenant, workspace }: Scope,
  component: string,
  decisions: readonly Triage[],
): Promise<void> {
  const data = decisions.map(({ decided_at, until, ...decision }) => ({
    ...storable(decision),
    tenant,
    workspace,
    component,
    until: until === null ? null : new Date(until),
    decidedAt: new Date(decided_at),
  }));
  await reachable(client.triageDecision.createMany({ data }));
}

/** The newest decision about each issue of the component, or about those of these names; the last one made comes first. */
export async function readTriage(
  { client }: Database,
  { tenant, workspace }: Scope,
  component: string,
  fingerprints?: readonly string[],
): Promise<Triage[]> {
  const named =
    fingerprints === undefined
      ? Prisma.empty
      : Prisma.sql`AND fingerprint = ANY(${[...fingerprints]}::text[])`;
  const rows = await reachable(client.$queryRaw<Row[]>`
    SELECT fingerprint, state, reason, actor, until, decided_at AS "decidedAt" FROM (
      SELECT DISTINCT ON (fingerprint) * FROM triage_decisions
      WHERE tenant = ${tenant} AND workspace = ${workspace} AND component = ${component} ${named}
      ORDER BY fingerprint, id DESC) newest
    ORDER BY id DESC`);
  return rows.map(toTriage);
}

/** Decisions of a component, the last one made first: those in force, or with a fingerprint all that were ever made about it. */
export async function listTriage(
  { client }: Database,
  { tenant, workspace }: Scope,
  component: string,
  { fingerprint, limit, after }: Listing,
): Promise<{ decisions: Triage[]; next: bigint | undefined }> {
  const rows = await reachable(client.$queryRaw<(Row & { id: bigint })[]>`
    SELECT d.id, d.fingerprint, d.state, d.reason, d.actor, d.until, d.decided_at AS "decidedAt" FROM triage_decisions d
    WHERE d.tenant = ${tenant} AND d.workspace = ${workspace} AND d.component = ${component}
      AND ${fingerprint === undefined ? NEWEST : Prisma.sql`d.fingerprint = ${fingerprint}`}
      ${after === undefined ? Prisma.empty : Prisma.sql`AND d.id < ${after}`}
    ORDER BY d.id DESC LIMIT ${limit + 1}`);
  return {
    decisions: rows.slice(0, limit).map(toTriage),
    next: rows.length > limit ? rows[limit - 1]?.id : undefined,
  };
}

type Listing = {
  readonly fingerprint?: string | undefined;
  readonly limit: number;
  readonly after?: bigint | undefined;
};

const NEWEST = Prisma.sql`NOT EXISTS (
  SELECT FROM triage_decisions n WHERE n.tenant = d.tenant AND n.workspace = d.workspace
    AND n.component = d.component AND n.fingerprint = d.fingerprint AND n.id > d.id)`;

const toTriage = ({ fingerprint, state, reason, actor, until, decidedAt }: Row): Triage =>
  Triage.parse({
    fingerprint,
    state,
    reason,
    actor,
    until: until?.toISOString() ?? null,
    decided_at: decidedAt.toISOString(),
  });
