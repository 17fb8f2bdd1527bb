import type { Scope } from '../../contracts/identifiers.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';

type Row = { readonly status: string; readonly uploadStatus: string; readonly count: number };

/** How many scans are in which state, counted when asked: no counter that could drift from the truth. */
export async function countScans({ client }: Database, { tenant, workspace }: Scope): Promise<Row[]> {
  const rows = await reachable(
    client.scan.groupBy({ by: ['status', 'uploadStatus'], where: { tenant, workspace }, _count: true }),
  );
  return rows.map(({ status, uploadStatus, _count }) => ({ status, uploadStatus, count: _count }));
}
