import { BUNDLE } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { findScan } from '../../services/database/scans.ts';
import { heldFiles } from '../artifacts/held-files.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { noSuchScan } from '../scans/existing-scan.ts';
import { runningScan } from '../scans/scan-runs.ts';
import { settleStream } from './settle-stream.ts';

type Deps = Pick<ApiDeps, 'database' | 'temporal' | 'events' | 'objects' | 'trust'>;

/**
 * Throws `not_found` unless there is such a run, be it one that only the engine knows yet; and `forbidden` where the bundle's
 * files of the same events were masked or held back: they would be told here word by word.
 */
export async function requireScan(
  deps: Deps,
  { roles }: Principal,
  scope: Scope,
  testId: string,
): Promise<void> {
  const row = await findScan(deps.database, scope, testId);
  if (row?.completedAt) await settleStream(deps, scope, row);
  if (!row && !(await runningScan(deps.temporal, scope, testId))) throw noSuchScan();
  if (!row || roles.includes('reviewer')) return;
  const held = await heldFiles(deps, scope, row);
  if (held.has(BUNDLE.stream) || held.has(BUNDLE.log))
    throw new CertusError(
      'forbidden',
      'personal data was found in what this scan told: it is for reviewers alone',
    );
}
