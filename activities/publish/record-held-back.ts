import type { RunIdentity } from '../../contracts/workflows.ts';
import { findScan, updateScan } from '../../services/database/scans.ts';
import type { PublishDeps } from './deps.ts';

/** Says on the row of the scan that its evidence waits for people, or that they did not let it go. */
export async function recordHeldBack(
  { database }: Pick<PublishDeps, 'database'>,
  { scope, testId }: Pick<RunIdentity, 'scope' | 'testId'>,
  uploadStatus: 'in_review' | 'rejected',
): Promise<void> {
  if ((await findScan(database, scope, testId)) === undefined) return; // it is held back whatever became of its row
  await updateScan(database, scope, testId, { uploadStatus });
}
