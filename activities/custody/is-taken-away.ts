import type { Scope } from '../../contracts/identifiers.ts';
import { tombstoneKey } from '../../contracts/object-keys.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';
import { isQuarantined } from './is-quarantined.ts';

type Run = { readonly scope: Scope; readonly testId: string };

/** Whether the files of a run were deleted: by the tombstone beside its golden manifest, which nobody else writes there. */
export const isDeleted = async (golden: ReadableBucket, { scope, testId }: Run): Promise<boolean> =>
  (await golden.head(tombstoneKey(scope, testId))) !== undefined;

/** Whether a run is to be published no longer, for one reason or the other. */
export const isTakenAway = async (golden: ReadableBucket, run: Run): Promise<boolean> =>
  (await isQuarantined(golden, run)) || (await isDeleted(golden, run));
