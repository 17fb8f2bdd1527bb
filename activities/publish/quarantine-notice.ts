import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { goldenManifestKey } from '../../contracts/object-keys.ts';
import type { Bucket, ReadableBucket } from '../../services/objects/store.ts';
import { isQuarantined } from '../custody/is-quarantined.ts';

type Run = { readonly scope: Scope; readonly testId: string };

export const quarantined = ({ testId }: Run): CertusError =>
  new CertusError('quarantined', `not published: ${testId} is in quarantine`);

/** What was taken away stays away: a permit of before, however valid, does not bring it back. */
export async function requireNotQuarantined(golden: ReadableBucket, run: Run): Promise<void> {
  if (await isQuarantined(golden, run)) throw quarantined(run);
}

/**
 * Asked again once the run shows: a notice that was written after the first look, and whose writer found nothing to hide
 * yet, would else be passed by.
 */
export async function hideIfQuarantined(golden: Bucket, run: Run): Promise<void> {
  if (!(await isQuarantined(golden, run))) return;
  await golden.remove(goldenManifestKey(run.scope, run.testId));
  throw quarantined(run);
}
