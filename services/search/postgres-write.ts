import type { Scope } from '../../contracts/identifiers.ts';
import type { Database } from '../database/database.ts';
import { reachable } from '../database/errors.ts';
import type { IndexDocument } from './search-index.ts';
import { vectorToBytes } from './vector.ts';
import { wordsOf } from './words.ts';

/** One statement for some hundred documents; each is whole or not there, and writing it again replaces it. */
export async function writeDocuments(
  { client }: Database,
  { tenant, workspace }: Scope,
  documents: readonly IndexDocument[],
): Promise<void> {
  for (const batch of batches(documents)) {
    const rows = JSON.stringify(batch.map(rowOf));
    await reachable(client.$executeRaw`
      INSERT INTO search_documents (
        tenant, workspace, id, kind, title, text, severity, rule, tool, path, component, test_id, extra,
        embedding, captured_at, lexemes
      )
      SELECT
        ${tenant}, ${workspace}, id, kind, title, text, severity, rule, tool, path, component, test_id, extra,
        decode(embedding, 'base64'), captured_at,
        setweight(to_tsvector('simple', title_words), 'A') ||
        fence || setweight(to_tsvector('english', title_words), 'A') ||
        fence || setweight(to_tsvector('simple', rule_words), 'A') ||
        fence || setweight(to_tsvector('simple', path_words), 'B') ||
        fence || setweight(to_tsvector('simple', text_words), 'C') ||
        fence || setweight(to_tsvector('english', text_words), 'C')
      FROM jsonb_to_recordset(${rows}::jsonb) AS row (
        id text, kind text, title text, text text, severity text, rule text, tool text, path text,
        component text, test_id text, extra jsonb, embedding text, captured_at timestamptz,
        title_words text, rule_words text, path_words text, text_words text
      ),
      -- No word can be this one, and it takes a place: a phrase never runs from one field into the next.
      (SELECT $$'¶':1$$::tsvector AS fence) AS fences
      ORDER BY id
      ON CONFLICT (tenant, workspace, id) DO UPDATE SET
        kind = excluded.kind, title = excluded.title, text = excluded.text, severity = excluded.severity,
        rule = excluded.rule, tool = excluded.tool, path = excluded.path, component = excluded.component,
        test_id = excluded.test_id, extra = excluded.extra, embedding = excluded.embedding,
        captured_at = excluded.captured_at, lexemes = excluded.lexemes`);
  }
}

const BATCH_DOCUMENTS = 500;
const BATCH_CHARACTERS = 2 * 1024 * 1024;

function* batches(documents: readonly IndexDocument[]): Generator<IndexDocument[]> {
  let batch: IndexDocument[] = [];
  let size = 0;
  for (const document of documents) {
    if (batch.length === BATCH_DOCUMENTS || size > BATCH_CHARACTERS) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(document);
    size += document.text.length;
  }
  if (batch.length > 0) yield batch;
}

/** The words are cut here, as for queries: Postgres' own parser takes paths, hosts and versions for single words. */
function rowOf({ testId, capturedAt, embedding, extra, ...document }: IndexDocument) {
  return {
    ...document,
    test_id: testId,
    captured_at: capturedAt,
    extra: extra ?? {},
    embedding: embedding && vectorToBytes(embedding).toString('base64'),
    title_words: wordsOf(document.title).join(' '),
    rule_words: wordsOf(document.rule ?? '').join(' '),
    path_words: wordsOf(document.path ?? '').join(' '),
    text_words: wordsOf(document.text).join(' '),
  };
}
