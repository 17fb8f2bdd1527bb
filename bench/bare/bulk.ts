import { request } from 'undici';
import type { Scope } from '../../contracts/identifiers.ts';
import { documentKey } from '../../services/search/opensearch-query.ts';
import type { IndexDocument } from '../../services/search/search-index.ts';

/** Whole requests, made before anything is measured. */
export function bareRequests(scope: Scope, documents: readonly IndexDocument[], page: number): string[] {
  const lines = documents.map((document) => {
    const { sourceId, ingestionId, documentId, capturedAt, ...same } = document;
    const source = {
      ...{ ...scope, ...same, source_id: sourceId, ingestion_id: ingestionId },
      ...{ document_id: documentId, captured_at: capturedAt },
    };
    const action = { index: { _id: documentKey(scope, document.id) } };
    return `${JSON.stringify(action)}\n${JSON.stringify(source)}\n`;
  });
  return Array.from({ length: Math.ceil(lines.length / page) }, (_, n) =>
    lines.slice(n * page, (n + 1) * page).join(''),
  );
}

/** One after the other, as the simplest program would. */
export async function sendBare(url: string, index: string, requests: readonly string[]): Promise<void> {
  for (const body of requests) {
    const headers = { 'content-type': 'application/x-ndjson' };
    const answer = await request(`${url}/${index}/_bulk`, { method: 'POST', headers, body });
    const { errors } = (await answer.body.json()) as { errors?: boolean };
    if (answer.statusCode !== 200 || errors !== false) throw new Error('OpenSearch refuses the documents');
  }
}
