import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { goldenManifestKey } from '../../contracts/object-keys.ts';
import type { Bucket, ReadableBucket } from '../../services/objects/store.ts';
import { isQuarantined } from '../custody/is-quarantined.ts';
import { isDeleted } from '../custody/is-taken-away.ts';

type Run = { readonly scope: Scope; readonly testId: string };

export const quarantined = ({ testId }: Run): CertusError =>
  new CertusError('quarantined', `not published: ${testId} is in quarantine`);

export const deleted = ({ testId }: Run): CertusError =>
  new CertusError('deleted', `not published: ${testId} was deleted`);

/** What was taken away stays away: a permit of before, however valid, does not bring it back. */
export async function requireNotQuarantined(golden: ReadableBucket, run: Run): Promise<void> {
  const refusal = await refusalOf(golden, run);
  if (refusal !== undefined) throw refusal;
}

async function refusalOf(golden: ReadableBucket, run: Run): Promise<CertusError | undefined> {
  const [inQuarantine, gone] = await Promise.all([isQuarantined(golden, run), isDeleted(golden, run)]);
  if (gone) return deleted(run);
  return inQuarantine ? quarantined(run) : undefined;
}

/**
 * Asked again once the run shows: a notice that was written after the first look, and whose writer found nothing to hide
 * yet, would else be passed by.
 */
export async function hideIfQuarantined(golden: Bucket, run: Run): Promise<void> {
  const refusal = await refusalOf(golden, run);
  if (refusal === undefined) return;
  await golden.remove(goldenManifestKey(run.scope, run.testId));
  throw refusal;
}
