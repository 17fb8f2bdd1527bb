import { Client } from '@opensearch-project/opensearch';
import { checkDocuments } from './document.ts';
import { ensureIndex } from './opensearch-ensure.ts';
import { answered } from './opensearch-errors.ts';
import { fetchHits } from './opensearch-hits.ts';
import { within } from './opensearch-query.ts';
import { rankByText, rankByTime, rankByVector } from './opensearch-rankings.ts';
import { countDocuments, removeDocuments } from './opensearch-remove.ts';
import { openSearchUpkeep } from './opensearch-upkeep.ts';
import { bulkWriter } from './opensearch-write.ts';
import { refuseRemovingAll } from './paging.ts';
import type { SearchIndex } from './search-index.ts';
import { searchWith } from './search-with.ts';
import { DEFAULT_DIMENSION } from './vector.ts';

export type OpenSearchOptions = {
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly dimension?: number | undefined;
  /** The name all requests use; the index behind it bears the version of the mapping. */
  readonly alias?: string | undefined;
};

/** For more documents than one database should hold: the same answers from a cluster. */
export function openOpenSearchIndex(options: OpenSearchOptions): SearchIndex {
  const { url, username, password, dimension = DEFAULT_DIMENSION, alias = 'certus-search' } = options;
  const client = new Client({
    node: url,
    requestTimeout: 30_000,
    maxRetries: 2,
    // what a document holds is read by schemas; a name in it must not make a page of others unreadable
    disablePrototypePoisoningProtection: true,
    ...(username === undefined ? {} : { auth: { username, password: password ?? '' } }),
  });
  const write = bulkWriter(client, alias);
  const refresh = async () => {
    await answered(client.indices.refresh({ index: alias }));
  };
  return {
    ensure: () => ensureIndex(client, alias, dimension),
    index: async (scope, documents, { visible = true } = {}) => {
      const { good, failed } = checkDocuments(documents, dimension);
      const refused = await write(scope, good);
      // Once for all of them: refreshing after each batch would cost more than the writing.
      if (visible && documents.length > 0) await refresh();
      const allFailed = [...failed, ...refused];
      return { indexed: documents.length - allFailed.length, failed: allFailed };
    },
    refresh,
    search: (scope, query) => {
      const filter = within(scope, query.filters, query.access);
      const rankings = {
        byText: rankByText(client, alias, filter),
        byVector: rankByVector(client, alias, filter),
        byTime: rankByTime(client, alias, filter),
        hits: fetchHits(client, alias, scope, filter),
      };
      return searchWith(rankings, query, dimension);
    },
    remove: async (scope, filters) => {
      refuseRemovingAll(filters);
      return await removeDocuments(client, alias, within(scope, filters));
    },
    count: (scope, filters) => countDocuments(client, alias, within(scope, filters)),
    upkeep: openSearchUpkeep(client, alias, dimension),
    ping: async () => {
      await answered(client.cluster.health({ timeout: '5s' }));
    },
    close: () => client.close(),
  };
}
