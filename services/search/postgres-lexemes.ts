import { Prisma } from '../database/generated/client.ts';
import type { IndexDocument } from './search-index.ts';
import { wordsOf } from './words.ts';

/** How the words of a record are kept; rows of another version have to be computed again. */
export const LEXEMES_VERSION = 2;

/**
 * No word can be this one, and it takes a place: a phrase never runs from one field into the next. Which version made
 * the words of a row can be told by it.
 */
const FENCE = `\u00b6${LEXEMES_VERSION}`;

export const isCurrent = Prisma.sql`lexemes @@ ${`'${FENCE}'`}::tsquery`;

type Worded = Pick<IndexDocument, 'title' | 'rule' | 'package' | 'path' | 'location' | 'text'>;

/** The words are cut here, as for queries: Postgres' own parser takes paths, hosts and versions for single words. */
export const wordsOfFields = ({ title, rule, package: named, path, location, text }: Worded) => ({
  title_words: wordsOf(title).join(' '),
  rule_words: wordsOf(rule ?? '').join(' '),
  package_words: wordsOf(named ?? '').join(' '),
  path_words: wordsOf(path ?? '').join(' '),
  location_words: wordsOf(location ?? '').join(' '),
  text_words: wordsOf(text).join(' '),
});

/** The columns of these words in a record set. */
export const WORD_COLUMNS = Prisma.sql`
  title_words text, rule_words text, package_words text, path_words text, location_words text, text_words text`;

/** To be read with `FENCES` beside the record set. */
export const LEXEMES = Prisma.sql`
  setweight(to_tsvector('simple', title_words), 'A') ||
  fence || setweight(to_tsvector('english', title_words), 'A') ||
  fence || setweight(to_tsvector('simple', rule_words), 'A') ||
  fence || setweight(to_tsvector('simple', package_words), 'A') ||
  fence || setweight(to_tsvector('simple', path_words), 'B') ||
  fence || setweight(to_tsvector('simple', location_words), 'B') ||
  fence || setweight(to_tsvector('simple', text_words), 'C') ||
  fence || setweight(to_tsvector('english', text_words), 'C')`;

export const FENCES = Prisma.sql`(SELECT ${`'${FENCE}':1`}::tsvector AS fence) AS fences`;
