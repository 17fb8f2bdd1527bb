import type { Scope } from '../../contracts/identifiers.ts';
import { quarantineNoticeKey } from '../../contracts/object-keys.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';

/** Whether a run was taken away: by the notice beside its golden manifest, which nobody writes without an order. */
export const isQuarantined = async (
  golden: ReadableBucket,
  { scope, testId }: { readonly scope: Scope; readonly testId: string },
): Promise<boolean> => (await golden.head(quarantineNoticeKey(scope, testId))) !== undefined;
