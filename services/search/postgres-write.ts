import type { Scope } from '../../contracts/identifiers.ts';
import type { Database } from '../database/database.ts';
import { reachable } from '../database/errors.ts';
import { FENCES, LEXEMES, WORD_COLUMNS, wordsOfFields } from './postgres-lexemes.ts';
import type { IndexDocument } from './search-index.ts';
import { vectorToBytes } from './vector.ts';

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
        tenant, workspace, id, kind, title, text, severity, rule, tool, path, component, test_id, package,
        package_version, licenses, source, source_id, location, ingestion_id, document_id, language, labels,
        envelope, extra, embedding, captured_at, lexemes
      )
      SELECT
        ${tenant}, ${workspace}, id, kind, title, text, severity, rule, tool, path, component, test_id, package,
        package_version, licenses, source, source_id, location, ingestion_id, document_id, language, labels,
        envelope, extra, decode(embedding, 'base64'), captured_at, ${LEXEMES}
      FROM jsonb_to_recordset(${rows}::jsonb) AS row (
        id text, kind text, title text, text text, severity text, rule text, tool text, path text,
        component text, test_id text, package text, package_version text, licenses text[], source text,
        source_id text, location text, ingestion_id text, document_id text, language text, labels text[],
        envelope jsonb, extra jsonb, embedding text, captured_at timestamptz, ${WORD_COLUMNS}
      ), ${FENCES}
      ORDER BY id
      ON CONFLICT (tenant, workspace, id) DO UPDATE SET
        kind = excluded.kind, title = excluded.title, text = excluded.text, severity = excluded.severity,
        rule = excluded.rule, tool = excluded.tool, path = excluded.path, component = excluded.component,
        test_id = excluded.test_id, package = excluded.package, package_version = excluded.package_version,
        licenses = excluded.licenses, source = excluded.source, source_id = excluded.source_id,
        location = excluded.location, ingestion_id = excluded.ingestion_id, document_id = excluded.document_id,
        language = excluded.language, labels = excluded.labels, envelope = excluded.envelope,
        extra = excluded.extra, embedding = excluded.embedding, captured_at = excluded.captured_at,
        lexemes = excluded.lexemes`);
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

function rowOf(document: IndexDocument): object {
  const { testId, packageVersion, sourceId, ingestionId, documentId, capturedAt, embedding, ...same } =
    document;
  return {
    ...same,
    test_id: testId,
    package_version: packageVersion,
    licenses: document.licenses ?? [],
    source_id: sourceId,
    ingestion_id: ingestionId,
    document_id: documentId,
    labels: document.labels ?? [],
    captured_at: capturedAt,
    extra: document.extra ?? {},
    embedding: embedding && vectorToBytes(embedding).toString('base64'),
    ...wordsOfFields(document),
  };
}
