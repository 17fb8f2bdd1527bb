import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { tombstoneKey } from '../../contracts/object-keys.ts';
import { findGoldenCopy, type GoldenCopyRecord } from '../../services/database/golden-copies.ts';
import type { ApiDeps } from '../deps.ts';

/** A copy that is still there: told before anything is signed about one that is not. */
export async function standingCopy(
  { database, objects: { golden } }: Pick<ApiDeps, 'database' | 'objects'>,
  scope: Scope,
  testId: string,
): Promise<GoldenCopyRecord> {
  const [copy, tombstone] = await Promise.all([
    findGoldenCopy(database, scope, testId),
    golden.head(tombstoneKey(scope, testId)),
  ]);
  if (copy === undefined) throw new CertusError('not_found', `there is no golden copy of ${testId}`);
  if (copy.class === 'deleted' || tombstone !== undefined)
    throw new CertusError('deleted', `the golden copy of ${testId} was deleted`);
  return copy;
}
