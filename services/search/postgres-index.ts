import type { Database } from '../database/database.ts';
import { reachable } from '../database/errors.ts';
import { checkDocuments } from './document.ts';
import { refuseRemovingAll } from './paging.ts';
import { fetchHits } from './postgres-hits.ts';
import { rankByText, rankByTime, rankByVector } from './postgres-rankings.ts';
import { rowsOf } from './postgres-sql.ts';
import { postgresUpkeep } from './postgres-upkeep.ts';
import { writeDocuments } from './postgres-write.ts';
import type { SearchIndex } from './search-index.ts';
import { searchWith } from './search-with.ts';
import { DEFAULT_DIMENSION } from './vector.ts';

/** Full text and exact vectors in the database that is there anyway; enough until one machine is not. */
export function openPostgresIndex(
  db: Database,
  { dimension = DEFAULT_DIMENSION }: { dimension?: number | undefined } = {},
): SearchIndex {
  let migrated = false;
  return {
    /** The table comes with the migrations; all that can be missing is that they have run, and they are not undone. */
    ensure: async () => {
      if (!migrated) await reachable(db.client.$queryRaw`SELECT FROM search_documents LIMIT 0`);
      migrated = true;
    },
    index: async (scope, documents) => {
      const { good, failed } = checkDocuments(documents, dimension);
      await writeDocuments(db, scope, good);
      return { indexed: documents.length - failed.length, failed };
    },
    /** A row can be found as soon as it is there. */
    refresh: async () => undefined,
    search: (scope, query) => {
      const rows = rowsOf(scope, query.filters, query.access);
      const rankings = {
        byText: rankByText(db, rows),
        byVector: rankByVector(db, rows),
        byTime: rankByTime(db, rows),
        hits: fetchHits(db, rows),
      };
      return searchWith(rankings, query, dimension);
    },
    remove: async (scope, filters) => {
      refuseRemovingAll(filters);
      return await reachable(
        db.client.$executeRaw`DELETE FROM search_documents WHERE ${rowsOf(scope, filters)}`,
      );
    },
    count: async (scope, filters) => {
      const [found] = await reachable(db.client.$queryRaw<{ total: number }[]>`
        SELECT count(*)::int AS total FROM search_documents WHERE ${rowsOf(scope, filters)}`);
      return found?.total ?? 0;
    },
    upkeep: postgresUpkeep(db),
    ping: () => db.ping(),
    /** The database belongs to whoever opened it. */
    close: async () => undefined,
  };
}
