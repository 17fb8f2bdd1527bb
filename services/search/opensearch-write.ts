import type { Client } from '@opensearch-project/opensearch';
import type { Scope } from '../../contracts/identifiers.ts';
import { type Operation, persistently, sendOperations } from './opensearch-bulk.ts';
import { documentKey } from './opensearch-query.ts';
import { PATIENCE_MS } from './patience.ts';
import type { IndexDocument, IndexResult } from './search-index.ts';

/** Answers what the engine refused; everything else is durable. */
export type Writer = (scope: Scope, documents: readonly IndexDocument[]) => Promise<IndexResult['failed']>;

/**
 * Writes for all who ask at the same time: while requests are on their way, what others bring is put together into the next
 * ones. Many who write a document each cost hardly more than one who writes them all.
 */
export function bulkWriter(client: Client, alias: string, patience = PATIENCE_MS): Writer {
  const waiting: Call[] = [];
  let onTheirWay = 0;
  return (scope, documents) => {
    if (documents.length === 0) return Promise.resolve([]);
    const { promise, resolve, reject } = Promise.withResolvers<IndexResult['failed']>();
    waiting.push({ scope, documents, taken: 0, ended: 0, failed: [], resolve, reject });
    sendWaiting();
    return promise;
  };

  function sendWaiting(): void {
    while (waiting.length > 0 && (onTheirWay === 0 || (onTheirWay < AT_ONCE && isWorthwhile(waiting)))) {
      const parts = nextBatch(waiting);
      onTheirWay += 1;
      const sent = send(parts);
      sent
        .catch((error: unknown) => giveUp(parts, error))
        .finally(() => {
          onTheirWay -= 1;
          sendWaiting();
        });
    }
  }

  async function send(parts: readonly Part[]): Promise<void> {
    const refused = await persistently(
      parts,
      (some) => sendOperations(client, { index: alias, require_alias: true }, some),
      patience,
    );
    for (const { operation, reason } of refused) operation.call.failed.push({ id: operation.id, reason });
    for (const { call } of parts) {
      call.ended += 1;
      if (call.ended === call.documents.length) call.resolve(call.failed);
    }
  }

  function giveUp(parts: readonly Part[], error: unknown): void {
    for (const call of new Set(parts.map((part) => part.call))) {
      call.reject(error);
      const at = waiting.indexOf(call);
      if (at >= 0) waiting.splice(at, 1);
    }
  }
}

type Call = {
  readonly scope: Scope;
  readonly documents: readonly IndexDocument[];
  /** How many of them have been put into requests, and how many have been answered for. */
  taken: number;
  ended: number;
  readonly failed: { id: string; reason: string }[];
  readonly resolve: (failed: IndexResult['failed']) => void;
  readonly reject: (error: unknown) => void;
};

type Part = Operation & { readonly call: Call };

const AT_ONCE = 2;
const BATCH_DOCUMENTS = 1_000;
const BATCH_CHARACTERS = 4 * 1024 * 1024;

/** Each request costs the engine a write to disk that is waited for: a short one is better put off until it is longer. */
function isWorthwhile(waiting: readonly Call[]): boolean {
  let documents = 0;
  let size = 0;
  for (const call of waiting)
    for (let at = call.taken; at < call.documents.length; at++) {
      documents += 1;
      size += call.documents[at]?.text.length ?? 0;
      if (documents >= WORTHWHILE_DOCUMENTS || size >= WORTHWHILE_CHARACTERS) return true;
    }
  return false;
}

const WORTHWHILE_DOCUMENTS = 200;
const WORTHWHILE_CHARACTERS = 512 * 1024;

/** As long as one request should be; what is longer waits as documents, which take less room than requests. */
function nextBatch(waiting: Call[]): Part[] {
  const batch: Part[] = [];
  let size = 0;
  for (let call = waiting[0]; call !== undefined; call = waiting[0]) {
    const document = call.documents[call.taken];
    if (document === undefined) {
      waiting.shift();
      continue;
    }
    if (batch.length === BATCH_DOCUMENTS || size > BATCH_CHARACTERS) break;
    const lines = linesOf(call.scope, document);
    batch.push({ id: document.id, lines, call });
    size += lines.length;
    call.taken += 1;
  }
  return batch;
}

function linesOf({ tenant, workspace }: Scope, document: IndexDocument): string {
  const { testId, packageVersion, sourceId, ingestionId, documentId, capturedAt, embedding, ...same } =
    document;
  const source = {
    tenant,
    workspace,
    ...same,
    test_id: testId,
    package_version: packageVersion,
    source_id: sourceId,
    ingestion_id: ingestionId,
    document_id: documentId,
    captured_at: capturedAt,
    embedding: embedding && Array.from(embedding),
  };
  const key = documentKey({ tenant, workspace }, document.id);
  return `{"index":{"_id":"${key}"}}\n${JSON.stringify(source)}`;
}
