import type { Scope } from '../../contracts/identifiers.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';

type Document = { readonly name: string; readonly sha256: string };

/** Which of a run's documents other runs have as well that still stand, or are on their way: `sha256 name`. */
export async function documentsOfOthers(
  { sql }: Pick<Database, 'sql'>,
  { tenant, workspace }: Scope,
  testId: string,
  documents: readonly Document[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let from = 0; from < documents.length; from += AT_ONCE) {
    const names = documents.slice(from, from + AT_ONCE).map(({ name }) => name);
    const rows = await reachable(
      sql.query<Document>(
        `SELECT DISTINCT i.name, i.sha256
         FROM promotion_items i
         LEFT JOIN golden_copies c USING (tenant, workspace, test_id)
         LEFT JOIN promotions p USING (tenant, workspace, test_id)
         WHERE tenant = $1 AND workspace = $2 AND test_id <> $3 AND i.name = ANY($4::text[])
           AND (c.class IN ('hot', 'archived') OR p.state = 'running')`,
        [tenant, workspace, testId, names],
      ),
    );
    for (const { name, sha256 } of rows) found.add(`${sha256} ${name}`);
  }
  return found;
}

const AT_ONCE = 5000;

/** A name whose document was deleted is free again, for whoever brings another one. */
export async function forgetReceived(
  { client }: Pick<Database, 'client'>,
  { tenant, workspace }: Scope,
  { name, sha256 }: Document,
): Promise<void> {
  await reachable(client.receivedDocument.deleteMany({ where: { tenant, workspace, name, sha256 } }));
}
