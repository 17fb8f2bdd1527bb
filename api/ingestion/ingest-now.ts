import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { IndexAnswer } from '../../contracts/index-routes.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { indexAnswer } from './index-answer.ts';
import { type IngestionToStart, ingestedWithin, startIngestion } from './start-ingestion.ts';

export type IngestedNow = {
  /** 202 while it goes on. */
  readonly status: 200 | 202;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: IndexAnswer;
};

/** What ended as an error answers as one; a single file that could not be read, too. */
export async function ingestNow(
  deps: Pick<ApiDeps, 'database' | 'temporal' | 'search'>,
  principal: Principal,
  scope: Scope,
  start: IngestionToStart,
  requestId: string,
): Promise<IngestedNow> {
  const { id } = await startIngestion(deps, principal, scope, start);
  const record = await ingestedWithin(deps, scope, id, PATIENCE_MS);
  const body = await indexAnswer(deps, scope, record, requestId);
  const [fault] = body.failed;
  // of one that goes on it says what it waits for
  if (record.endedAt !== null && record.error !== null) throw failed(record.error.code, record.error.message);
  if (start.source.kind === 'upload' && record.progress.failed > 0)
    throw failed('item_unreadable', `${fault?.code}: ${fault?.message}`);
  if (record.endedAt !== null) return { status: 200, headers: {}, body };
  const Location = `/v1/ingestions/${id}?workspace_id=${scope.workspace}`;
  return { status: 202, headers: { Location }, body };
}

const PATIENCE_MS = 15_000;

function failed(code: string, message: string): CertusError {
  const known = KNOWN.find((one) => one === code);
  return new CertusError(known ?? 'item_unreadable', message);
}

const KNOWN = [
  ...(['source_not_allowed', 'source_unreachable', 'source_not_found'] as const),
  ...(['quarantined', 'deleted', 'dependency_unavailable', 'invalid_request'] as const),
];
