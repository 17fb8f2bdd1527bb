import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { RerunRequest } from '../../contracts/scan-control.ts';
import type { ScanInput, Source } from '../../contracts/workflows.ts';
import type { ScanRecord } from '../../services/database/scan-record.ts';
import { findScan } from '../../services/database/scans.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { type AcceptedScan, randomTestId } from './accepted-scan.ts';
import { startRecorded } from './create-scan.ts';

/** Asks once more for what was asked for then: the same source, manifest and profile, under a new id. */
export async function rerunScan(
  deps: Pick<ApiDeps, 'database' | 'temporal' | 'log'>,
  principal: Principal,
  testId: string,
  { workspace_id, same_revision, requested_by }: RerunRequest,
): Promise<AcceptedScan> {
  const scope: Scope = { tenant: principal.tenant, workspace: workspace_id };
  const before = await findScan(deps.database, scope, testId);
  if (before?.request == null) throw new CertusError('not_found', 'there is no such scan in this workspace');
  const input: ScanInput = {
    ...before.request,
    scope,
    testId: randomTestId(),
    source: same_revision ? pinned(before.request.source, before) : before.request.source,
    requestedBy: requested_by ?? principal.subject,
    requestedAt: new Date().toISOString(),
  };
  const { scan } = await startRecorded(deps, input);
  return scan;
}

function pinned(source: Source, { commit }: ScanRecord): Source {
  if (source.type !== 'git') return source;
  if (commit === null)
    throw new CertusError('scan_not_finished', 'that scan never came to know the commit it was to look at');
  const { branch: _branch, tag: _tag, ...rest } = source;
  return { ...rest, commit };
}
