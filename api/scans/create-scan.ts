import { CertusError } from '../../contracts/errors.ts';
import type { ScanCreateRequest } from '../../contracts/scan.ts';
import { workflowId } from '../../contracts/workflow-names.ts';
import type { ScanInput } from '../../contracts/workflows.ts';
import { newScan } from '../../services/database/new-scan.ts';
import type { ScanRecord } from '../../services/database/scan-record.ts';
import { findScan, openScan } from '../../services/database/scans.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { type AcceptedScan, acceptedScan, requestDigest, scanInput } from './accepted-scan.ts';
import { findStartedScan, startScan, withdrawScan } from './scan-runs.ts';
import { acceptSource } from './source-policy.ts';

type Created = { readonly scan: AcceptedScan; readonly replayed: boolean };

/**
 * Accepts a scan once. Starting the workflow is the commit point: whatever fails after it, the run goes on and its
 * first step writes the row that is missing here.
 */
export async function createScan(
  deps: Pick<ApiDeps, 'database' | 'temporal' | 'settings' | 'log'>,
  principal: Principal,
  request: ScanCreateRequest,
  idempotencyKey: string | undefined,
): Promise<Created> {
  const source = await acceptSource(request, deps.settings);
  const input = scanInput(principal, request, source, idempotencyKey, new Date());
  // Asked in any case: without the database nothing is accepted.
  const row = await findScan(deps.database, input.scope, input.testId);
  if (row) return replay(await acceptedBefore(deps, row), input);
  return startRecorded(deps, input);
}

/** Starts the run and writes its row, or finds the same one that was started before. */
export async function startRecorded(
  deps: Pick<ApiDeps, 'database' | 'temporal' | 'log'>,
  input: ScanInput,
): Promise<Created> {
  const { started, scan } = await startScan(deps.temporal, input);
  const created = started ? { scan, replayed: false } : replay(scan, input);
  // also of a run that was found: whoever started it may not have come to write its row, or has lost it to another
  await recordOrWithdraw(deps, { ...input, requestedAt: scan.requestedAt });
  return created;
}

function replay(before: AcceptedScan, now: ScanInput): Created {
  if (requestDigest(before) !== requestDigest(acceptedScan(now))) throw conflict();
  return { scan: before, replayed: true };
}

/** The engine remembers a request for as long as it keeps the run; the row outlives it. */
async function acceptedBefore(deps: Pick<ApiDeps, 'temporal'>, row: ScanRecord): Promise<AcceptedScan> {
  const remembered = await findStartedScan(deps.temporal, row.workflowId);
  if (remembered) return remembered;
  if (row.request === null) throw conflict();
  return acceptedScan(row.request);
}

/**
 * Two requests with one key and different components start two workflows, since the component is part of the id.
 * The row's key is the test alone, so exactly one of them owns it; the other one is taken back.
 */
async function recordOrWithdraw(
  deps: Pick<ApiDeps, 'database' | 'temporal' | 'log'>,
  scan: ScanInput,
): Promise<void> {
  const id = workflowId('scan', scan);
  const owner = await recorded(deps, scan);
  if (owner === undefined || owner === id) return;
  await withdrawScan(deps.temporal, id, 'the idempotency key belongs to another request');
  throw conflict();
}

/** The workflow that owns the row; `undefined` when the database went away after the commit point. */
async function recorded(
  deps: Pick<ApiDeps, 'database' | 'log'>,
  scan: ScanInput,
): Promise<string | undefined> {
  try {
    return (await openScan(deps.database, scan.scope, newScan(scan))).workflowId;
  } catch (error) {
    if (!(error instanceof CertusError && error.code === 'dependency_unavailable')) throw error;
    deps.log.warn(
      { test_id: scan.testId },
      'the run was started but not recorded; its first step will do that',
    );
    return undefined;
  }
}

function conflict(): CertusError {
  return new CertusError('idempotency_conflict', 'this Idempotency-Key was used for another request');
}
