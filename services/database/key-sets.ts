import type { Database } from './database.ts';
import { reachable } from './errors.ts';

/** Trust's newest signed list of a tenant's keys; none before the first key was admitted. */
export async function newestKeySet({ client }: Database, tenant: string): Promise<Uint8Array | undefined> {
  const row = await reachable(
    client.keySetVersion.findFirst({
      where: { tenant },
      orderBy: { version: 'desc' },
      select: { statement: true },
    }),
  );
  return row?.statement;
}
