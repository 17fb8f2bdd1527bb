import { CertusError } from '../../contracts/errors.ts';
import { quarantineNoticeKey } from '../../contracts/object-keys.ts';
import type { RunIdentity } from '../../contracts/workflows.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';
import type { SearchIndex } from '../../services/search/search-index.ts';

type Run = Pick<RunIdentity, 'scope' | 'testId'>;

/** Takes everything that a run has put into the index out of it again. */
export async function forgetEvidence(search: SearchIndex, { scope, testId }: Run): Promise<number> {
  await search.ensure();
  return search.remove(scope, { test_id: [testId] });
}

/** Of a run that was taken away while it was being indexed nothing may stay behind. */
export async function forgetIfQuarantined(
  golden: ReadableBucket,
  search: SearchIndex,
  run: Run,
): Promise<void> {
  if ((await golden.head(quarantineNoticeKey(run.scope, run.testId))) === undefined) return;
  await forgetEvidence(search, run);
  throw new CertusError('quarantined', `not indexed: ${run.testId} is in quarantine`);
}
