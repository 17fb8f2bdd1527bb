import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { RerunRequest } from '../../contracts/scan-control.ts';
import type { ScanInput, Source } from '../../contracts/workflows.ts';
import type { ScanRecord } from '../../services/database/scan-record.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { invalid } from '../problems.ts';
import { type AcceptedScan, randomTestId } from './accepted-scan.ts';
import { startRecorded } from './create-scan.ts';
import { existingScan } from './existing-scan.ts';

/** Asks once more for what was asked for then: the same source, manifest and profile, under a new id. */
export async function rerunScan(
  deps: Pick<ApiDeps, 'database' | 'temporal' | 'log'>,
  principal: Principal,
  testId: string,
  { workspace_id, same_revision, requested_by }: RerunRequest,
): Promise<AcceptedScan> {
  const scope: Scope = { tenant: principal.tenant, workspace: workspace_id };
  const before = await existingScan(deps, scope, testId);
  if (before.request === null)
    throw new CertusError('not_found', 'what was asked for then is not on record; ask for a new scan');
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

/** What that scan looked at, and not what its branch or tag points to by now. */
function pinned(source: Source, { commit, originDigest }: ScanRecord): Source {
  switch (source.type) {
    case 'git': {
      const { branch: _branch, tag: _tag, ...rest } = source;
      return { ...rest, commit: commit ?? neverKnown() };
    }
    case 'oci': {
      const [repository] = /^.*\/[^/:@]+/.exec(source.reference) ?? [source.reference];
      return { ...source, reference: `${repository}@${originDigest ?? neverKnown()}` };
    }
    case 'archive':
    case 'sarif':
      return source; // goes by its digest
    default:
      throw invalid([
        { path: 'same_revision', message: `a source of type '${source.type}' has no revisions` },
      ]);
  }
}

function neverKnown(): never {
  throw new CertusError('scan_not_finished', 'that scan never came to know what it was to look at');
}
