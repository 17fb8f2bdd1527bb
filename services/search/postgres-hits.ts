import type { Database } from '../database/database.ts';
import { reachable } from '../database/errors.ts';
import { Prisma } from '../database/generated/client.ts';
import { excerptsOf } from './excerpts.ts';
import { matchesIn, type SameWord } from './matches.ts';
import { positiveTerms } from './query.ts';
import type { SearchHit } from './search-index.ts';
import type { Rankings } from './search-with.ts';
import { storedDocument } from './stored.ts';
import { wordsOf } from './words.ts';

/** Asked with the whole condition again: a record may have been withdrawn from who asks since it was ranked. */
export function fetchHits({ client }: Database, condition: Prisma.Sql): Rankings['hits'] {
  return async (page, words) => {
    const rows = await reachable(
      client.$queryRaw<Row[]>`
        SELECT ${COLUMNS} FROM search_documents
        WHERE ${condition} AND id = ANY(${page.map(({ id }) => id)})`,
    );
    const found = new Map(rows.map((row) => [row.id, documentOf(row)]));
    const terms = words === undefined ? [] : positiveTerms(words);
    const asked = terms.flatMap((term) => term.words);
    const same = await sameStem(client, asked, [...found.values()]);
    return page.flatMap(({ id, score }) => {
      const document = found.get(id);
      if (document === undefined) return [];
      return [
        { document, score, highlights: excerptsOf(document.text, matchesIn(document.text, terms, same)) },
      ];
    });
  };
}

type Row = Readonly<Record<string, unknown>> & { readonly id: string; readonly capturedAt: Date };

const COLUMNS = Prisma.sql`
  id, kind, title, text, severity, rule, tool, path, component, test_id AS "testId", package,
  package_version AS "packageVersion", licenses, source, source_id AS "sourceId", location,
  ingestion_id AS "ingestionId", document_id AS "documentId", language, labels, envelope, extra,
  captured_at AS "capturedAt"`;

const documentOf = (row: Row): SearchHit['document'] =>
  storedDocument({ ...row, capturedAt: row.capturedAt.toISOString() });

/**
 * Two words are the same when Postgres stems them alike. Stemming never changes a word's first letter, so only
 * those words of the page are sent that could be meant at all.
 */
async function sameStem(
  client: Database['client'],
  asked: readonly string[],
  documents: readonly SearchHit['document'][],
): Promise<SameWord> {
  if (asked.length === 0) return () => false;
  const letters = new Set(asked.map((word) => word.charAt(0)));
  const found = documents.flatMap(({ text }) => wordsOf(text)).filter((word) => letters.has(word.charAt(0)));
  const words = [...new Set([...asked, ...found])];
  const rows = await reachable(client.$queryRaw<{ word: string; stem: string | null }[]>`
    SELECT word, (ts_lexize('english_stem', word))[1] AS stem FROM unnest(${words}::text[]) AS word`);
  const stems = new Map(rows.map(({ word, stem }) => [word, stem ?? word]));
  return (one, other) => one === other || stems.get(one) === stems.get(other);
}
