import type { Scope } from '../../contracts/identifiers.ts';
import type { SearchFilters } from '../../contracts/search.ts';
import type { Database } from '../database/database.ts';
import { dropEmbeddings, hasEmbeddings } from '../database/embeddings.ts';
import type { SearchIndex } from '../search/search-index.ts';
import { digestOfText, textOf } from './cached-embeddings.ts';

/** For what is to be forgotten, and not only replaced: of a text that is gone, a remembered vector tells almost as much. */
export const forgetful = (search: SearchIndex, database: Database): SearchIndex => ({
  ...search,
  remove: async (scope, filters) => {
    await forgetVectors(search, database, scope, filters);
    return search.remove(scope, filters);
  },
});

/** First, as only the records tell which they are. What another record says as well is computed again when it is needed. */
async function forgetVectors(
  search: SearchIndex,
  database: Database,
  scope: Scope,
  filters: SearchFilters,
): Promise<void> {
  if (!(await hasEmbeddings(database, scope.tenant))) return;
  await search.refresh();
  for (let offset = 0; offset < MOST; offset += AT_ONCE) {
    const { hits } = await search.search(scope, { filters, limit: AT_ONCE, offset });
    await dropEmbeddings(
      database,
      scope.tenant,
      hits.map(({ document }) => digestOfText(textOf(document))),
    );
    if (hits.length < AT_ONCE) return;
  }
  // of more than an index lists nobody knows which they are
  await dropEmbeddings(database, scope.tenant, 'all');
}

const AT_ONCE = 500;
/** As far as a search can be paged through. */
const MOST = 10_000;
