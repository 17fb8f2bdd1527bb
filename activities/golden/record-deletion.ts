import { forgetFindings } from '../../services/database/forget-findings.ts';
import { recordDeleted } from '../../services/database/golden-classes.ts';
import { findScan, updateScan } from '../../services/database/scans.ts';
import type { DeletionDeps, Run } from './deletion-deps.ts';
import { requireTombstone } from './opened-tombstone.ts';

/** Says on the rows what the tombstone says, and takes the findings out of the table that shows them. */
export async function recordDeletion(
  { database, golden, keySet }: Pick<DeletionDeps, 'database' | 'golden' | 'keySet'>,
  { scope, testId }: Run,
  { registryKeeps }: { readonly registryKeeps: boolean },
): Promise<void> {
  const { statement } = await requireTombstone(golden, { scope, testId }, keySet);
  const { order, reason, deletedOn } = statement.predicate;
  await recordDeleted(database, scope, testId, { order_id: order, reason, at: deletedOn });
  await forgetFindings(database, scope, testId);
  const scan = await findScan(database, scope, testId);
  if (scan === undefined) return;
  const told = { code: 'deleted', message: `deleted ${deletedOn} by ${order ?? 'its retention policy'}` };
  const others = scan.warnings.filter(({ code }) => code !== told.code);
  await updateScan(database, scope, testId, {
    uploadStatus: 'deleted',
    goldenManifest: null,
    bundle: null,
    indexed: 0,
    ...(registryKeeps ? {} : { ociReference: null }),
    warnings: [...others, told],
  });
}
