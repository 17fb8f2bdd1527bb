import type { Client } from '@opensearch-project/opensearch';
import pMap from 'p-map';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { answered, BLOCKED, BUSY_STATES, passes } from './opensearch-errors.ts';
import { documentKey } from './opensearch-query.ts';
import { PATIENCE_MS, tries } from './patience.ts';
import type { IndexDocument, IndexResult } from './search-index.ts';

/** Returns what the engine refused; everything else is durable. */
export async function writeDocuments(
  client: Client,
  alias: string,
  scope: Scope,
  documents: readonly IndexDocument[],
  patience = PATIENCE_MS,
): Promise<IndexResult['failed']> {
  const lines = (document: IndexDocument) => linesOf(scope, document);
  const send = (operations: readonly Operation[]) =>
    sendOperations(client, { index: alias, require_alias: true }, operations);
  const failed = await pMap(
    batches(documents, lines),
    (batch) => persistently(batch, send, patience),
    // one is put together while the other is on its way
    { concurrency: 2 },
  );
  return failed.flat().map(({ id, reason }) => ({ id, reason }));
}

/** What is to be done with one document, as `_bulk` reads it. */
export type Operation = { readonly id: string; readonly lines: string };

export type Refused = { readonly id: string; readonly status: number; readonly reason: string };

/** Tries again what the engine has no room for now: that alone, and not what it has taken. */
export async function persistently(
  operations: readonly Operation[],
  send: (operations: readonly Operation[]) => Promise<readonly Outcome[]>,
  patience: number,
): Promise<Refused[]> {
  const refused: Refused[] = [];
  let left = operations;
  let reason = '';
  for await (const _ of tries(patience)) {
    reason = await once();
    if (left.length === 0) return refused;
  }
  throw new CertusError('dependency_unavailable', `OpenSearch cannot take documents now: ${reason}.`);

  async function once(): Promise<string> {
    const outcomes = await send(left);
    const again = left.filter((_, n) => outcomes[n]?.passes === true);
    const why = outcomes.find((outcome) => outcome.passes)?.reason ?? '';
    for (const [n, { id }] of left.entries()) {
      const { status = 0, reason: because = '', passes: waits = false } = outcomes[n] ?? {};
      if (status >= 300 && !waits) refused.push({ id, status, reason: because });
    }
    left = again;
    return why;
  }
}

type Outcome = { readonly status: number; readonly reason?: string; readonly passes?: boolean };

/** One outcome for each operation, in their order. */
export async function sendOperations(
  client: Client,
  where: { readonly index: string; readonly require_alias?: boolean },
  operations: readonly Operation[],
): Promise<Outcome[]> {
  try {
    const { body } = await answered(
      client.bulk({
        ...where,
        // of each document what it says is known already
        filter_path: ['items.*.status', 'items.*.error.type', 'items.*.error.reason'],
        body: operations.map(({ lines }) => lines),
      }),
    );
    const items: readonly object[] = body.items ?? [];
    return operations.map((_, n) => outcomeOf(items[n]));
  } catch (error) {
    if (!passes(error) || !(error instanceof Error)) throw error;
    return operations.map(() => ({ status: 429, passes: true, reason: error.message }));
  }
}

type Item = {
  readonly status?: number;
  readonly error?: { readonly type?: string; readonly reason?: string };
};

function outcomeOf(answer: object | undefined): Outcome {
  const item: Item | undefined = answer && Object.values(answer)[0];
  const { status, error } = item ?? {};
  if (status === undefined)
    throw new CertusError('dependency_unavailable', 'OpenSearch does not say what became of a document.');
  // what was to be deleted and is not there is as it should be
  if (status < 300 || (status === 404 && error === undefined)) return { status: 200 };
  const reason = error?.reason ?? error?.type ?? `it answered ${status}`;
  if (status === 429 || status === 503 || error?.type === BLOCKED) return { status, reason, passes: true };
  // The whole call is worth another try, and harmless.
  if (isServerFault(status))
    throw new CertusError('dependency_unavailable', `OpenSearch cannot take documents now: ${reason}.`);
  return { status, reason };
}

/** No document's fault: a full disk blocks writing with 403, an index that has gone is 404, a broken shard 500. */
const isServerFault = (status: number): boolean =>
  status === 403 || status === 404 || status >= 500 || BUSY_STATES.has(status);

const BATCH_DOCUMENTS = 1_000;
const BATCH_CHARACTERS = 4 * 1024 * 1024;

/** As long as one request should be, and no more of them in memory than are on their way. */
function* batches<T extends { readonly id: string }>(
  items: readonly T[],
  lines: (item: T) => string,
): Generator<Operation[]> {
  let batch: Operation[] = [];
  let size = 0;
  for (const item of items) {
    const operation = { id: item.id, lines: lines(item) };
    if (
      batch.length > 0 &&
      (batch.length === BATCH_DOCUMENTS || size + operation.lines.length > BATCH_CHARACTERS)
    ) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(operation);
    size += operation.lines.length;
  }
  if (batch.length > 0) yield batch;
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
