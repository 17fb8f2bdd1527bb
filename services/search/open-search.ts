import type { Database } from '../database/database.ts';
import type { SearchIndex } from './search-index.ts';

export type SearchSettings = {
  /** OpenSearch; without it the database is the index. */
  readonly url?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly dimension?: number | undefined;
};

/** Loads only the implementation that is used: a client that nobody calls still costs every process its memory. */
export async function openSearchIndex(
  { url, ...settings }: SearchSettings,
  db: Database,
): Promise<SearchIndex> {
  if (url === undefined) {
    const { openPostgresIndex } = await import('./postgres-index.ts');
    return openPostgresIndex(db, settings);
  }
  const { openOpenSearchIndex } = await import('./opensearch-index.ts');
  return openOpenSearchIndex({ url, ...settings });
}
