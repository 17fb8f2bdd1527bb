import type { Client } from '@opensearch-project/opensearch';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { answered, BUSY_STATES } from './opensearch-errors.ts';
import { type Clause, documentKey } from './opensearch-query.ts';
import type { IndexDocument, IndexResult } from './search-index.ts';

/** Returns what the engine refused; everything else is durable and visible. */
export async function writeDocuments(
  client: Client,
  alias: string,
  scope: Scope,
  documents: readonly IndexDocument[],
): Promise<IndexResult['failed']> {
  const failed: { id: string; reason: string }[] = [];
  for (const batch of batches(scope, documents)) {
    const { body } = await answered(
      client.bulk({ index: alias, require_alias: true, body: batch.operations }),
    );
    for (const [n, { index: item }] of body.items.entries()) {
      if (item === undefined || item.error === undefined || item.error === null) continue;
      const reason = item.error.reason ?? item.error.type;
      // The whole call is worth another try, and harmless.
      if (isServerFault(item.status))
        throw new CertusError('dependency_unavailable', `OpenSearch cannot take documents now: ${reason}.`);
      failed.push({ id: batch.ids[n] ?? '', reason });
    }
  }
  // Once for all of them: refreshing after each batch would cost more than the writing.
  if (documents.length > 0) await answered(client.indices.refresh({ index: alias }));
  return failed;
}

/** No document's fault: a full disk blocks writing with 403, an index that has gone is 404, a broken shard 500. */
const isServerFault = (status: number): boolean =>
  status === 403 || status === 404 || status >= 500 || BUSY_STATES.has(status);

export async function removeDocuments(client: Client, alias: string, filter: Clause[]): Promise<number> {
  let removed = 0;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const { body } = await answered(
      client.deleteByQuery({
        index: alias,
        conflicts: 'proceed',
        refresh: true,
        wait_for_completion: true,
        body: { query: { bool: { filter } } },
      }),
    );
    if (!('deleted' in body)) break;
    removed += body.deleted ?? 0;
    // A document that was written again while it was being removed is still there.
    if ((body.version_conflicts ?? 0) === 0) return removed;
  }
  throw new CertusError(
    'dependency_unavailable',
    'OpenSearch could not remove documents that are being written.',
  );
}

const MOST_ATTEMPTS = 5;
const BATCH_DOCUMENTS = 500;
const BATCH_CHARACTERS = 5 * 1024 * 1024;

type Batch = { readonly ids: string[]; readonly operations: object[] };

function* batches(scope: Scope, documents: readonly IndexDocument[]): Generator<Batch> {
  let batch: Batch = { ids: [], operations: [] };
  let size = 0;
  for (const document of documents) {
    if (batch.ids.length === BATCH_DOCUMENTS || size > BATCH_CHARACTERS) {
      yield batch;
      batch = { ids: [], operations: [] };
      size = 0;
    }
    batch.ids.push(document.id);
    batch.operations.push({ index: { _id: documentKey(scope, document.id) } }, sourceOf(scope, document));
    // A vector's number takes some twelve characters.
    size += document.text.length + 12 * (document.embedding?.length ?? 0);
  }
  if (batch.ids.length > 0) yield batch;
}

function sourceOf(
  { tenant, workspace }: Scope,
  { testId, capturedAt, embedding, ...document }: IndexDocument,
): object {
  return {
    tenant,
    workspace,
    ...document,
    test_id: testId,
    captured_at: capturedAt,
    embedding: embedding && Array.from(embedding),
  };
}
