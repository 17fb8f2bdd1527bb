import { FUSION_PAGE, type Page, pageOf } from './paging.ts';
import { parseQuery, type TextQuery } from './query.ts';
import { fuse, type Ranked } from './ranking.ts';
import type { SearchHit, SearchQuery, SearchResult } from './search-index.ts';
import { refuseUnusable } from './vector.ts';

export type Ranking = { readonly total: number; readonly ranked: readonly Ranked[] };

/** What an engine can do over the documents of one scope and one set of filters. */
export interface Rankings {
  byText(words: TextQuery, page: Page): Promise<Ranking>;
  byVector(vector: Float32Array, page: Page): Promise<Ranking>;
  /** Newest first. */
  byTime(page: Page): Promise<Ranking>;
  /** The documents of a page in its order, with excerpts; one that was removed meanwhile is left out. */
  hits(page: readonly Ranked[], words: TextQuery | undefined): Promise<SearchHit[]>;
}

/** How a question becomes rankings, and rankings an answer: the same for every engine. */
export async function searchWith(
  rankings: Rankings,
  query: SearchQuery,
  dimension: number,
): Promise<SearchResult> {
  const page = pageOf(query);
  if (query.vector !== undefined) refuseUnusable(query.vector, dimension);
  const asksForText = query.text !== undefined && query.text.trim() !== '';
  const words = asksForText ? parseQuery(query.text) : undefined;
  // Something was asked for, but no document can hold it.
  if (asksForText && words === undefined && query.vector === undefined) return { total: 0, hits: [] };
  const { total, ranked } = await rank(rankings, words, query.vector, page);
  return { total, hits: ranked.length === 0 ? [] : await rankings.hits(ranked, words) };
}

async function rank(
  rankings: Rankings,
  words: TextQuery | undefined,
  vector: Float32Array | undefined,
  page: Page,
): Promise<Ranking> {
  if (vector === undefined) return words === undefined ? rankings.byTime(page) : rankings.byText(words, page);
  if (words === undefined) return rankings.byVector(vector, page);
  const [byText, byVector] = await Promise.all([
    rankings.byText(words, FUSION_PAGE),
    rankings.byVector(vector, FUSION_PAGE),
  ]);
  const fused = fuse([byText.ranked, byVector.ranked]);
  // What can be paged through, no more: every vector resembles every other a little.
  return { total: fused.length, ranked: fused.slice(page.offset, page.offset + page.limit) };
}
