import type { Database } from '../database/database.ts';
import { reachable } from '../database/errors.ts';
import { Prisma } from '../database/generated/client.ts';
import type { Page } from './paging.ts';
import { tsqueryOf } from './postgres-sql.ts';
import { Best, type Ranked } from './ranking.ts';
import type { Ranking, Rankings } from './search-with.ts';
import { bytesToVector, dotProduct } from './vector.ts';

export function rankByText({ client }: Database, rows: Prisma.Sql): Rankings['byText'] {
  return (words, page) => {
    const query = tsqueryOf(words);
    // 1: a long text is not better for holding a word more often.
    const score = Prisma.sql`ts_rank(lexemes, ${query}, 1)::float8`;
    return pageAndTotal(client, Prisma.sql`${rows} AND lexemes @@ ${query}`, score, page);
  };
}

export function rankByTime({ client }: Database, rows: Prisma.Sql): Rankings['byTime'] {
  return (page) => pageAndTotal(client, rows, Prisma.sql`0::float8`, page);
}

/** Every vector of the filtered rows is compared, batch by batch: exact, in bounded memory, without an extension. */
export function rankByVector({ client }: Database, rows: Prisma.Sql): Rankings['byVector'] {
  return async (vector, { offset, limit }) => {
    const best = new Best(offset + limit);
    let total = 0;
    for await (const { id, embedding } of embeddings(client, rows)) {
      const other = bytesToVector(embedding);
      // Written for an index of another dimension: not comparable, hence not found.
      if (other.length !== vector.length) continue;
      total += 1;
      best.add(id, dotProduct(vector, other));
    }
    return { total, ranked: best.ranking().slice(offset) };
  };
}

type Embedded = { readonly id: string; readonly embedding: Uint8Array };

async function* embeddings(client: Client, rows: Prisma.Sql): AsyncGenerator<Embedded> {
  for (let last = ''; ; ) {
    const batch = await reachable(client.$queryRaw<Embedded[]>`
      SELECT id, embedding FROM search_documents
      WHERE ${rows} AND embedding IS NOT NULL AND id > ${last} ORDER BY id LIMIT ${VECTOR_BATCH}`);
    yield* batch;
    const end = batch.at(-1);
    if (end === undefined || batch.length < VECTOR_BATCH) return;
    last = end.id;
  }
}

const VECTOR_BATCH = 1_000;

type Client = Database['client'];

async function pageAndTotal(
  client: Client,
  matching: Prisma.Sql,
  score: Prisma.Sql,
  { offset, limit }: Page,
): Promise<Ranking> {
  const [ranked, [count]] = await Promise.all([
    reachable(client.$queryRaw<Ranked[]>`
      SELECT id, ${score} AS score FROM search_documents WHERE ${matching}
      ORDER BY score DESC, captured_at DESC, id LIMIT ${limit} OFFSET ${offset}`),
    reachable(client.$queryRaw<{ total: number }[]>`
      SELECT count(*)::int AS total FROM search_documents WHERE ${matching}`),
  ]);
  return { total: count?.total ?? 0, ranked };
}
