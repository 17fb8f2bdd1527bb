import { z } from 'zod';
import type { Scope } from '../../contracts/identifiers.ts';
import type { Database } from '../database/database.ts';
import { reachable } from '../database/errors.ts';
import type { SearchDocument } from '../database/generated/client.ts';
import { excerptsOf } from './excerpts.ts';
import { matchesIn, type SameWord } from './matches.ts';
import { positiveTerms } from './query.ts';
import type { SearchHit } from './search-index.ts';
import type { Rankings } from './search-with.ts';
import { wordsOf } from './words.ts';

export function fetchHits({ client }: Database, { tenant, workspace }: Scope): Rankings['hits'] {
  return async (page, words) => {
    const rows = await reachable(
      client.searchDocument.findMany({
        where: { tenant, workspace, id: { in: page.map(({ id }) => id) } },
        omit: { tenant: true, workspace: true, embedding: true },
      }),
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

/** What comes out of our own table is checked as well: its JSON has no type of its own. */
const Kind = z.enum(['finding', 'document']);
const Extra = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

type Row = Omit<SearchDocument, 'tenant' | 'workspace' | 'embedding'>;

function documentOf({ id, kind, title, text, extra, capturedAt, ...optional }: Row): SearchHit['document'] {
  const known = Object.entries(optional).filter(([, value]) => value !== null);
  const parsed = Extra.parse(extra);
  return {
    id,
    kind: Kind.parse(kind),
    title,
    text,
    ...(Object.fromEntries(known) as Partial<Record<keyof typeof optional, string>>),
    ...(Object.keys(parsed).length === 0 ? {} : { extra: parsed }),
    capturedAt: capturedAt.toISOString(),
  };
}

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
