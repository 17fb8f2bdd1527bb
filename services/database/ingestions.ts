import { z } from 'zod';
import type { Scope } from '../../contracts/identifiers.ts';
import {
  IngestionProgress,
  IngestionSource,
  IngestionState,
  NO_PROGRESS,
  RunReading,
} from '../../contracts/ingestion.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { Prisma } from './generated/client.ts';
import { storable } from './storable.ts';

type Json = Prisma.InputJsonValue;

export type IngestionRecord = {
  readonly scope: Scope;
  readonly id: string;
  readonly sourceId: string | null;
  readonly kind: string;
  readonly location: string;
  readonly config: IngestionSource;
  readonly reading: RunReading;
  readonly labels: readonly string[];
  readonly component: string | null;
  readonly state: IngestionState;
  readonly cursor: unknown;
  /** How many were taken; the cursor is where the next one begins. */
  readonly pages: number;
  readonly progress: IngestionProgress;
  readonly requestedBy: string;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly error: { readonly code: string; readonly message: string } | null;
};

export type NewIngestion = Pick<
  IngestionRecord,
  | 'id'
  | 'sourceId'
  | 'kind'
  | 'location'
  | 'config'
  | 'reading'
  | 'labels'
  | 'component'
  | 'requestedBy'
  | 'startedAt'
>;

type Place = Pick<Database, 'client'>;

/** Inserts it unless it is there, and gives back the row in force. */
export async function openIngestion(
  database: Place,
  scope: Scope,
  ingestion: NewIngestion,
): Promise<IngestionRecord> {
  const { labels, ...rest } = storable(ingestion);
  const row = { ...rest, ...scope, labels: [...labels], state: 'running', progress: NO_PROGRESS };
  await reachable(database.client.ingestion.createMany({ data: [row], skipDuplicates: true }));
  const found = await findIngestion(database, scope, ingestion.id);
  if (found === undefined) throw new Error(`the ingestion ${ingestion.id} was recorded and is not there`);
  return found;
}

export async function findIngestion(
  { client }: Place,
  { tenant, workspace }: Scope,
  id: string,
): Promise<IngestionRecord | undefined> {
  const key = { tenant_workspace_id: { tenant, workspace, id } };
  const row = await reachable(client.ingestion.findUnique({ where: key }));
  return row === null ? undefined : recordOf(row);
}

export type IngestionCursor = { readonly startedAt: Date; readonly id: string };

/** The newest first. */
export async function listIngestions(
  { client }: Place,
  { tenant, workspace }: Scope,
  asked: {
    readonly sourceId?: string | undefined;
    readonly state?: IngestionState | undefined;
    readonly limit: number;
    readonly after?: IngestionCursor | undefined;
  },
): Promise<{ readonly ingestions: IngestionRecord[]; readonly next: IngestionCursor | undefined }> {
  const { sourceId, state, limit, after } = asked;
  const following = after && {
    OR: [{ startedAt: { lt: after.startedAt } }, { startedAt: after.startedAt, id: { lt: after.id } }],
  };
  const rows = await reachable(
    client.ingestion.findMany({
      where: {
        ...{ tenant, workspace, ...following },
        ...(sourceId === undefined ? {} : { sourceId }),
        ...(state === undefined ? {} : { state }),
      },
      orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
      take: limit + 1,
    }),
  );
  const ingestions = rows.slice(0, limit).map(recordOf);
  const last = rows.length > limit ? ingestions.at(-1) : undefined;
  return { ingestions, next: last && { startedAt: last.startedAt, id: last.id } };
}

export type PageTaken = {
  /** How many pages there were before it: a page that is taken a second time changes nothing. */
  readonly pages: number;
  readonly cursor: unknown;
  readonly progress: IngestionProgress;
};

/** Says how far the listing has come, together with what became of the items until there. */
export async function recordPage(
  { client }: Place,
  { tenant, workspace }: Scope,
  id: string,
  { pages, cursor, progress }: PageTaken,
): Promise<void> {
  await reachable(
    client.ingestion.updateMany({
      where: { tenant, workspace, id, pages },
      data: {
        pages: pages + 1,
        progress,
        error: Prisma.DbNull, // nothing is waited for any more
        cursor: cursor === null ? Prisma.DbNull : (storable(cursor) as Json),
      },
    }),
  );
}

export type IngestionChange = {
  readonly state?: IngestionState;
  readonly progress?: IngestionProgress;
  readonly endedAt?: Date;
  readonly error?: { readonly code: string; readonly message: string };
};

/** What has ended stays as it ended. */
export async function changeIngestion(
  { client }: Place,
  { tenant, workspace }: Scope,
  id: string,
  { error, ...change }: IngestionChange,
): Promise<void> {
  const data = { ...change, ...(error === undefined ? {} : { error: storable({ ...error }) }) };
  await reachable(client.ingestion.updateMany({ where: { tenant, workspace, id, endedAt: null }, data }));
}

type Row = Prisma.IngestionGetPayload<Record<string, never>>;

const Fault = z.object({ code: z.string(), message: z.string() }).nullable();

const recordOf = ({
  tenant,
  workspace,
  config,
  reading,
  state,
  progress,
  error,
  ...row
}: Row): IngestionRecord => ({
  ...row,
  scope: { tenant, workspace },
  config: IngestionSource.parse(config),
  reading: RunReading.parse(reading),
  state: IngestionState.parse(state),
  progress: IngestionProgress.parse(progress),
  error: Fault.parse(error),
});
