import { CertusError } from '../../contracts/errors.ts';
import type { Environment } from '../../contracts/keys.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';

export type NewPassword = {
  readonly id: string;
  readonly digest: string;
  readonly environment: Environment;
  readonly expiresAt: Date;
  readonly createdAt: Date;
};
export type OpenPassword = Pick<NewPassword, 'id' | 'digest' | 'createdAt'>;

const MOST_OPEN = 1000;

/** The first of an id stands. */
export async function recordPassword(db: Database, tenant: string, password: NewPassword): Promise<void> {
  const open = await openPasswords(db, tenant, password.environment, password.createdAt);
  if (open.filter(({ id }) => id !== password.id).length >= MOST_OPEN)
    throw new CertusError('too_many_attempts', `there are ${MOST_OPEN} passwords that nobody has used yet`);
  const { client } = db;
  await reachable(
    client.enrolmentPassword.createMany({ data: [{ tenant, ...password }], skipDuplicates: true }),
  );
}

/** Not used and not expired. */
export const openPasswords = (
  { client }: Database,
  tenant: string,
  environment: Environment,
  now: Date,
): Promise<OpenPassword[]> =>
  reachable(
    client.enrolmentPassword.findMany({
      where: { tenant, environment, usedAt: null, expiresAt: { gt: now } },
      select: { id: true, digest: true, createdAt: true },
      take: MOST_OPEN,
    }),
  );

/** The orders by which passwords were issued at that moment, as they were signed. */
export const passwordOrders = (
  { client }: Database,
  tenant: string,
  givenAt: Date,
): Promise<{ id: string; statement: Uint8Array }[]> =>
  reachable(
    client.order.findMany({
      where: { tenant, givenAt, kind: 'issue_password' },
      select: { id: true, statement: true },
      take: 100,
    }),
  );

/** Counts an attempt of this hour before it is judged, so that many at once get no more tries than one after the other. */
export async function countAttempt({ client }: Database, tenant: string, hour: Date): Promise<number> {
  const rows = await reachable(
    client.$queryRaw<[{ count: number }]>`
      INSERT INTO password_failures (tenant, hour, count) VALUES (${tenant}, ${hour}, 1)
      ON CONFLICT (tenant, hour) DO UPDATE SET count = password_failures.count + 1
      RETURNING count`,
  );
  return rows[0].count;
}

/** What turned out to be no failure does not count as one. */
export async function forgetAttempt({ client }: Database, tenant: string, hour: Date): Promise<void> {
  await reachable(
    client.passwordFailure.updateMany({
      where: { tenant, hour, count: { gt: 0 } },
      data: { count: { decrement: 1 } },
    }),
  );
}
