import type { Scope } from '../../contracts/identifiers.ts';
import { OrderOutcome } from '../../contracts/orders.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { Prisma } from './generated/client.ts';
import { storable } from './storable.ts';

type Place = Pick<Database, 'client'>;

export type HoldOrderRow = {
  readonly id: string;
  readonly statement: Uint8Array;
  readonly done: boolean;
};

const PAGE = 1000;

/** Every order of a tenant to keep something, or not to keep it any longer. What a row says, its statement has to prove. */
export async function holdOrders({ client }: Place, tenant: string): Promise<HoldOrderRow[]> {
  const found: HoldOrderRow[] = [];
  for (let after = ''; ; ) {
    const rows = await reachable(
      client.order.findMany({
        where: { tenant, kind: 'set_legal_hold', id: { gt: after } },
        orderBy: { id: 'asc' },
        take: PAGE,
        select: { id: true, statement: true, outcome: true },
      }),
    );
    for (const { id, statement, outcome } of rows)
      found.push({ id, statement, done: OrderOutcome.safeParse(outcome).data?.state === 'done' });
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return found;
    after = last.id;
  }
}

/** Shows on the row of the copy what the orders say. */
export async function showHold(
  { client }: Place,
  { tenant, workspace }: Scope,
  testId: string,
  hold: Readonly<Record<string, string>> | null,
): Promise<void> {
  const legalHold = hold === null ? Prisma.DbNull : storable({ ...hold });
  await reachable(
    client.goldenCopy.updateMany({ where: { tenant, workspace, testId }, data: { legalHold } }),
  );
}
