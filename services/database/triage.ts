import type { Scope } from '../../contracts/identifiers.ts';
import { Triage } from '../../contracts/triage.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
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

/** The newest decision about each issue of the component, or about those of these names. */
export async function readTriage(
  { client }: Database,
  { tenant, workspace }: Scope,
  component: string,
  fingerprints?: readonly string[],
): Promise<Triage[]> {
  const rows = await reachable(
    client.triageDecision.findMany({
      where: {
        tenant,
        workspace,
        component,
        ...(fingerprints === undefined ? {} : { fingerprint: { in: [...fingerprints] } }),
      },
      orderBy: { id: 'desc' },
      distinct: ['fingerprint'],
    }),
  );
  return rows.map(toTriage);
}

/** Everything that was ever decided about an issue, newest first. */
export async function triageHistory(
  { client }: Database,
  { tenant, workspace }: Scope,
  component: string,
  fingerprints: readonly string[],
): Promise<Triage[]> {
  const where = { tenant, workspace, component, fingerprint: { in: [...fingerprints] } };
  const rows = await reachable(client.triageDecision.findMany({ where, orderBy: { id: 'desc' }, take: 200 }));
  return rows.map(toTriage);
}

const toTriage = ({ fingerprint, state, reason, actor, until, decidedAt }: Row): Triage =>
  Triage.parse({
    fingerprint,
    state,
    reason,
    actor,
    until: until?.toISOString() ?? null,
    decided_at: decidedAt.toISOString(),
  });
