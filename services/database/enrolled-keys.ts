import type { Database } from './database.ts';
import { reachable } from './errors.ts';

type EnrolledKey = { readonly tenant: string; readonly certificate: string };

/** A key may be enrolled by several tenants, each with a certificate of its own: who has one names the tenant by it. */
const MOST_TENANTS = 100;

/** Active keys of this id whose private half their tenant holds. A row alone is believed in nothing. */
export async function enrolledKeys({ client }: Pick<Database, 'client'>, id: string): Promise<EnrolledKey[]> {
  const rows = await reachable(
    client.signingKey.findMany({
      where: { id, status: 'active', origin: 'enrolled', holder: 'tenant' },
      select: { tenant: true, certificate: true },
      orderBy: { tenant: 'asc' },
      take: MOST_TENANTS,
    }),
  );
  return rows.flatMap(({ tenant, certificate }) => (certificate === null ? [] : [{ tenant, certificate }]));
}
