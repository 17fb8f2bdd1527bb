import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { storable } from './storable.ts';

export type AttachedRecord = {
  readonly testId: string;
  readonly digest: string;
  readonly predicateType: string;
  readonly keyId: string;
  readonly statement: Uint8Array;
  readonly attachedBy: string;
  readonly attachedAt: Date;
};

const MOST = 100;

/** Attached again it is there once. More than a decision looks at are refused, and not passed over. */
export async function attachStatement(
  { client }: Database,
  { tenant, workspace }: Scope,
  record: AttachedRecord,
): Promise<AttachedRecord> {
  const { testId, digest } = record;
  const where = { tenant, workspace, testId };
  const key = { tenant_workspace_testId_digest: { ...where, digest } };
  const before = await reachable(client.attachedStatement.findUnique({ where: key, omit: SCOPE }));
  if (before !== null) return before;
  if ((await reachable(client.attachedStatement.count({ where }))) >= MOST)
    throw new CertusError('statement_invalid', `a run takes no more than ${MOST} statements`);
  const row = { ...storable(record), statement: new Uint8Array(record.statement), tenant, workspace };
  await reachable(client.attachedStatement.createMany({ data: [row], skipDuplicates: true }));
  return record;
}

/** In the order of their digests, which nobody chooses. */
export async function attachedStatements(
  { client }: Database,
  { tenant, workspace }: Scope,
  testId: string,
): Promise<AttachedRecord[]> {
  return reachable(
    client.attachedStatement.findMany({
      where: { tenant, workspace, testId },
      orderBy: { digest: 'asc' },
      take: MOST,
      omit: SCOPE,
    }),
  );
}

const SCOPE = { tenant: true, workspace: true } as const;
