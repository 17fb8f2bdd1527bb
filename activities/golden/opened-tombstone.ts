import { CertusError } from '../../contracts/errors.ts';
import type { KeySet } from '../../contracts/keys.ts';
import { tombstoneKey } from '../../contracts/object-keys.ts';
import type { TombstoneStatement } from '../../contracts/statements.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import type { OpenedStatement } from '../../domain/custody/open-statement.ts';
import { openTombstone } from '../../domain/custody/tombstone-statement.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';
import type { Run } from './deletion-deps.ts';

export const MAX_TOMBSTONE = 32 * 1024 * 1024;

export type StandingTombstone = OpenedStatement<TombstoneStatement> & { readonly bytes: Uint8Array };

/** The one that stands in golden: without it nobody removes anything, whoever asks for that. */
export async function requireTombstone(
  golden: ReadableBucket,
  { scope, testId }: Run,
  keySet: KeySet,
): Promise<StandingTombstone> {
  try {
    const bytes = await golden.read(tombstoneKey(scope, testId), MAX_TOMBSTONE);
    return { bytes, ...openTombstone(bytes, { ...scope, testId }, keySet) };
  } catch (error) {
    const missing = error instanceof CertusError && error.code === 'object_not_found';
    if (!missing && !(error instanceof CustodyError)) throw error;
    throw new CertusError('order_invalid', `no tombstone of ${testId} holds: ${error.message}`, {
      cause: error,
    });
  }
}
