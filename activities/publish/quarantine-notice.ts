import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { goldenManifestKey, quarantineNoticeKey } from '../../contracts/object-keys.ts';
import type { Bucket, ReadableBucket } from '../../services/objects/store.ts';

type Run = { readonly scope: Scope; readonly testId: string };

/** What was taken away stays away: a permit of before, however valid, does not bring it back. */
export async function requireNotQuarantined(golden: ReadableBucket, { scope, testId }: Run): Promise<void> {
  if ((await golden.head(quarantineNoticeKey(scope, testId))) !== undefined)
    throw new CertusError('quarantined', `not published: ${testId} is in quarantine`);
}

/**
 * Asked again once the run shows: a notice that was written after the first look, and whose writer found nothing to hide
 * yet, would else be passed by.
 */
export async function hideIfQuarantined(golden: Bucket, run: Run): Promise<void> {
  try {
    await requireNotQuarantined(golden, run);
  } catch (error) {
    if (error instanceof CertusError && error.code === 'quarantined')
      await golden.remove(goldenManifestKey(run.scope, run.testId));
    throw error;
  }
}
