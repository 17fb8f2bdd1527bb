import { CertusError } from '../../contracts/errors.ts';
import { goldenManifestKey } from '../../contracts/object-keys.ts';
import type { RunIdentity } from '../../contracts/workflows.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';
import type { SearchIndex } from '../../services/search/search-index.ts';
import { withHeartbeat } from '../heartbeat.ts';
import type { IngestDeps } from './create-ingest-activities.ts';

type Run = Pick<RunIdentity, 'scope' | 'testId'>;

export const createForgetActivities = ({ golden, search }: IngestDeps) => ({
  forgetHidden: (run: Run): Promise<number> => withHeartbeat(() => forgetHidden(golden, search, run)),
});
export type ForgetActivities = ReturnType<typeof createForgetActivities>;

/** Takes out of the index what golden no longer shows: by what lies there, and by nobody's word. */
export async function forgetHidden(
  golden: ReadableBucket,
  search: SearchIndex,
  { scope, testId }: Run,
): Promise<number> {
  if ((await golden.head(goldenManifestKey(scope, testId))) !== undefined)
    throw new CertusError('order_invalid', `golden shows ${testId}`);
  await search.ensure();
  return search.remove(scope, { test_id: [testId] });
}
