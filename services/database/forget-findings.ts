import type { Scope } from '../../contracts/identifiers.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';

/** Of a run whose evidence was deleted nothing is left to be shown. What people decided about findings is not part of it. */
export async function forgetFindings(
  { client }: Pick<Database, 'client'>,
  { tenant, workspace }: Scope,
  testId: string,
): Promise<void> {
  await reachable(client.finding.deleteMany({ where: { tenant, workspace, testId } }));
}
