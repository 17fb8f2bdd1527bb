import type { ErrorCode } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { UploadMode, UploadSessionState } from '../../contracts/uploads.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { recordFailedUpload } from './failed-uploads.ts';
import type { Prisma } from './generated/client.ts';
import { storable } from './storable.ts';

export type UploadFailure = { readonly code: ErrorCode; readonly message: string };

/** A document that comes in pieces: announced whole before the first of them. */
export type SessionRecord = {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  readonly mode: UploadMode;
  readonly state: UploadSessionState;
  readonly error: UploadFailure | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
};

export type NewSession = Omit<SessionRecord, 'error'>;

export async function openSession(
  { client }: Database,
  { tenant, workspace }: Scope,
  session: NewSession,
): Promise<void> {
  await reachable(client.uploadSession.create({ data: { ...session, tenant, workspace } }));
}

export async function findSession(
  { client }: Database,
  { tenant, workspace }: Scope,
  id: string,
): Promise<SessionRecord | undefined> {
  const where = { tenant_workspace_id: { tenant, workspace, id } };
  const row = await reachable(client.uploadSession.findUnique({ where, omit: SCOPE }));
  return row === null ? undefined : record(row);
}

/** What the same person has begun and not ended, of the same document: whoever was cut off goes on with it. */
export async function findBegun(
  { client }: Database,
  { tenant, workspace }: Scope,
  same: Pick<SessionRecord, 'name' | 'size' | 'sha256' | 'mode' | 'createdBy'>,
  now: Date,
): Promise<SessionRecord | undefined> {
  const where = { ...same, tenant, workspace, state: 'open', expiresAt: { gt: now } };
  const orderBy = { createdAt: 'desc' as const };
  const row = await reachable(client.uploadSession.findFirst({ where, orderBy, omit: SCOPE }));
  return row === null ? undefined : record(row);
}

export const countOpen = ({ client }: Database, { tenant, workspace }: Scope): Promise<number> =>
  reachable(
    client.uploadSession.count({ where: { tenant, workspace, state: { in: ['open', 'committing'] } } }),
  );

/** From now on no piece is taken any more. */
export async function beginCommit(
  { client }: Database,
  { tenant, workspace }: Scope,
  id: string,
): Promise<void> {
  await reachable(
    client.uploadSession.updateMany({
      where: { tenant, workspace, id, state: 'open' },
      data: { state: 'committing' },
    }),
  );
}

export type SessionEnd = {
  readonly state: 'received' | 'failed' | 'expired';
  readonly error: UploadFailure | null;
  /** Whether it counts as an upload that failed. */
  readonly counts: boolean;
  readonly at: Date;
};

/** Ends once; with a failure also the account of it is written, or neither. */
export async function endSession(
  { client }: Database,
  { tenant, workspace }: Scope,
  { id, name }: Pick<SessionRecord, 'id' | 'name'>,
  { state, error, counts, at }: SessionEnd,
): Promise<void> {
  const data = { state, endedAt: at, ...(error === null ? {} : { error: storable(error) }) };
  await reachable(
    client.$transaction(async (transaction) => {
      const where = { tenant, workspace, id, state: { in: ['open', 'committing'] } };
      const { count } = await transaction.uploadSession.updateMany({ where, data });
      if (count === 0 || error === null || !counts) return;
      const failed = { name, code: error.code, at };
      await recordFailedUpload({ client: transaction }, { tenant, workspace }, failed);
    }),
  );
}

export type SessionPlace = { readonly scope: Scope; readonly session: SessionRecord };

/** Those whose time has passed, the oldest first: unfinished ones after `open`, the others after `ended`. */
export async function expiredSessions(
  { client }: Database,
  before: { readonly open: Date; readonly committing: Date; readonly ended: Date },
  limit: number,
): Promise<SessionPlace[]> {
  const rows = await reachable(
    client.uploadSession.findMany({
      where: {
        OR: [
          { state: 'open', expiresAt: { lt: before.open } },
          // being put together takes hours at most: whoever asked for it never came back to start it
          { state: 'committing', expiresAt: { lt: before.committing } },
          { state: { in: ['received', 'failed', 'expired'] }, expiresAt: { lt: before.ended } },
        ],
      },
      orderBy: { expiresAt: 'asc' },
      take: limit,
    }),
  );
  return rows.map(({ tenant, workspace, ...row }) => ({
    scope: { tenant, workspace },
    session: record(row),
  }));
}

export async function forgetSession(
  { client }: Database,
  { tenant, workspace }: Scope,
  id: string,
): Promise<void> {
  await reachable(client.uploadSession.deleteMany({ where: { tenant, workspace, id } }));
}

const SCOPE = { tenant: true, workspace: true } as const;

type Row = Prisma.UploadSessionGetPayload<{ omit: typeof SCOPE }>;

const record = ({ size, mode, state, error, ...row }: Row): SessionRecord => ({
  ...row,
  size: Number(size),
  mode: mode as UploadMode,
  state: state as UploadSessionState,
  error: error as UploadFailure | null,
});
