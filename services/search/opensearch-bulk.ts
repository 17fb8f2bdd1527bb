import type { Client } from '@opensearch-project/opensearch';
import { CertusError } from '../../contracts/errors.ts';
import { answered, BLOCKED, BUSY_STATES, passes } from './opensearch-errors.ts';
import { tries } from './patience.ts';

/** What is to be done with one document, as `_bulk` reads it. */
export type Operation = { readonly id: string; readonly lines: string };

export type Refused<O extends Operation = Operation> = {
  readonly operation: O;
  readonly status: number;
  readonly reason: string;
};

/** Tries again what the engine has no room for now: that alone, and not what it has taken. */
export async function persistently<O extends Operation>(
  operations: readonly O[],
  send: (operations: readonly O[]) => Promise<readonly Outcome[]>,
  patience: number,
): Promise<Refused<O>[]> {
  const refused: Refused<O>[] = [];
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
    for (const [n, operation] of left.entries()) {
      const { status = 0, reason: because = '', passes: waits = false } = outcomes[n] ?? {};
      if (status >= 300 && !waits) refused.push({ operation, status, reason: because });
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
        // the client takes lines as they are, which its types do not know
        body: operations.map(({ lines }) => lines) as unknown as object[],
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
