import { CertusError } from '../../contracts/errors.ts';
import type { RunIdentity } from '../../contracts/workflows.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';
import type { SearchIndex } from '../../services/search/search-index.ts';
import { isTakenAway } from '../custody/is-taken-away.ts';

type Run = Pick<RunIdentity, 'scope' | 'testId'>;

/** Takes everything that a run has put into the index out of it again, once it was taken away: by no word but the notice or the tombstone. */
export async function forgetEvidence(golden: ReadableBucket, search: SearchIndex, run: Run): Promise<number> {
  if (!(await isTakenAway(golden, run)))
    throw new CertusError('order_invalid', `${run.testId} was not taken away`);
  await search.ensure();
  return search.remove(run.scope, { test_id: [run.testId] });
}

/** Of a run that was taken away while it was being indexed nothing may stay behind. */
export async function forgetIfQuarantined(
  golden: ReadableBucket,
  search: SearchIndex,
  run: Run,
): Promise<void> {
  if (!(await isTakenAway(golden, run))) return;
  await forgetEvidence(golden, search, run);
  throw new CertusError('quarantined', `not indexed: ${run.testId} was taken away`);
}
