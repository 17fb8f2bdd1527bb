import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { type AgentSource, IngestionSource } from '../../contracts/ingestion.ts';
import { originOf } from '../../domain/ingest/origin.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import type { Prisma } from './generated/client.ts';
import { findIngestion, type IngestionRecord, type NewIngestion, openIngestion } from './ingestions.ts';

type NewDelivery = Omit<NewIngestion, 'sourceId' | 'kind' | 'config'> & {
  readonly config: AgentSource;
};

/**
 * Puts a delivery on record unless it is, and gives back the row in force. One after the other for each source of an agent, so
 * that of two at once the second sees the first: what comes late, or while another is taken in, is refused.
 */
export async function openDelivery(
  { client }: Pick<Database, 'client'>,
  scope: Scope,
  delivery: NewDelivery,
): Promise<IngestionRecord> {
  const { config, startedAt } = delivery;
  const sourceId = originOf(null, config);
  const lock = `certus/deliveries/${scope.tenant}/${scope.workspace}/${sourceId}`;
  return reachable(
    client.$transaction(
      async (transaction) => {
        await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${lock}, 0))`;
        const place = { client: transaction as Database['client'] };
        const known = await findIngestion(place, scope, delivery.id);
        if (known !== undefined) return known;
        const last = await lastDelivery(transaction, scope, sourceId);
        requireInTurn(last, config);
        // clocks differ: the order of rows is that in which they were taken in
        const after = Math.max(startedAt.getTime(), (last?.startedAt.getTime() ?? 0) + 1);
        return openIngestion(place, scope, {
          ...{ ...delivery, sourceId, kind: config.kind },
          startedAt: new Date(after),
        });
      },
      { maxWait: 10_000, timeout: 30_000 },
    ),
  );
}

type Last = {
  readonly id: string;
  readonly config: AgentSource;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
};

async function lastDelivery(
  client: Prisma.TransactionClient,
  { tenant, workspace }: Scope,
  sourceId: string,
): Promise<Last | undefined> {
  const row = await client.ingestion.findFirst({
    where: { tenant, workspace, sourceId, kind: 'agent' },
    orderBy: { startedAt: 'desc' },
    select: { id: true, config: true, startedAt: true, endedAt: true },
  });
  if (row === null) return undefined;
  const config = IngestionSource.parse(row.config);
  return config.kind === 'agent' ? { ...row, config } : undefined;
}

/** What was taken in once is done again only while nothing has come after it. */
function requireInTurn(last: Last | undefined, { sequence, delivery, source }: AgentSource): void {
  if (last === undefined) return;
  const { sequence: taken, delivery: digest } = last.config;
  if (sequence < taken || (sequence === taken && delivery !== digest))
    throw new CertusError(
      'delivery_out_of_order',
      `of ${source} number ${taken} was taken in already: number ${sequence} would undo it`,
    );
  if (last.endedAt === null)
    throw new CertusError(
      'delivery_waits',
      `${last.id} is still being taken in: send number ${sequence} of ${source} again once it has ended`,
    );
}

/** The newest one of the same source that was taken in. */
export async function newestDelivery(
  { client }: Pick<Database, 'client'>,
  scope: Scope,
  config: AgentSource,
): Promise<IngestionRecord | undefined> {
  const last = await reachable(lastDelivery(client, scope, originOf(null, config)));
  return last && findIngestion({ client }, scope, last.id);
}

/** Of an agent, by the digest of what it signed; the workspace stood in it. */
export async function findDelivery(
  { client }: Pick<Database, 'client'>,
  tenant: string,
  id: string,
): Promise<IngestionRecord | undefined> {
  const row = await reachable(
    client.ingestion.findFirst({ where: { tenant, id, kind: 'agent' }, select: { workspace: true } }),
  );
  return row === null ? undefined : findIngestion({ client }, { tenant, workspace: row.workspace }, id);
}
