import type { Client } from '@opensearch-project/opensearch';
import { answered } from './opensearch-errors.ts';
import { type Clause, textClause } from './opensearch-query.ts';
import type { Page } from './paging.ts';
import type { Ranking, Rankings } from './search-with.ts';

export function rankByText(client: Client, alias: string, filter: Clause[]): Rankings['byText'] {
  return (words, page) => {
    const query = { bool: { must: [textClause(words)], filter } };
    return rank(client, alias, page, { query, sort: [{ _score: 'desc' }, ...NEWEST_FIRST] });
  };
}

export function rankByTime(client: Client, alias: string, filter: Clause[]): Rankings['byTime'] {
  return (page) => rank(client, alias, page, { query: { bool: { filter } }, sort: NEWEST_FIRST });
}

export function rankByVector(client: Client, alias: string, filter: Clause[]): Rankings['byVector'] {
  return async (vector, page) => {
    const k = Math.max(page.offset + page.limit, SMALLEST_K);
    // The filter belongs into the clause: applied afterwards it would leave less than there is.
    const knn = { embedding: { vector: Array.from(vector), k, filter: { bool: { filter } } } };
    const embedded = { bool: { filter: [...filter, { exists: { field: 'embedding' } }] } };
    const [nearest, all] = await Promise.all([
      rank(client, alias, page, { query: { knn }, sort: [{ _score: 'desc' }, { id: 'asc' }] }),
      answered(client.count({ index: alias, body: { query: embedded } })),
    ]);
    // Lucene's score of a cosine is (1 + cosine) / 2.
    const ranked = nearest.ranked.map(({ id, score }) => ({ id, score: 2 * score - 1 }));
    return { total: all.body.count, ranked };
  };
}

const NEWEST_FIRST = [{ captured_at: 'desc' }, { id: 'asc' }];

/** The graph is searched as widely as this asks for: a small k misses neighbours. */
const SMALLEST_K = 100;

async function rank(client: Client, alias: string, { offset, limit }: Page, body: Clause): Promise<Ranking> {
  const answer = await answered(
    client.search({
      index: alias,
      body: {
        ...body,
        from: offset,
        size: limit,
        track_total_hits: true,
        track_scores: true,
        _source: ['id'],
      },
    }),
  );
  const { total, hits } = answer.body.hits;
  const ranked = hits.map((hit) => ({ id: String(hit._source?.id), score: Number(hit._score ?? 0) }));
  return { total: typeof total === 'number' ? total : (total?.value ?? 0), ranked };
}
