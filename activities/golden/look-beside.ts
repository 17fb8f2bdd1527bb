import type { KeySet } from '../../contracts/keys.ts';
import { quarantineNoticeKey, tombstoneKey } from '../../contracts/object-keys.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import type { GoldenRun } from '../../domain/custody/golden-chain.ts';
import { type Drift, MANIFEST } from '../../domain/custody/golden-drift.ts';
import { openQuarantine } from '../../domain/custody/quarantine-statement.ts';
import { openTombstone } from '../../domain/custody/tombstone-statement.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';
import { readEvidenceStatement } from '../custody/read-evidence.ts';
import { MAX_TOMBSTONE } from './opened-tombstone.ts';

/** A word beside the copy that keeps it from being shown, and what is wrong with a copy that is shown beside it. */
type Word<T> = { readonly ours: T | undefined; readonly faults: readonly Drift[] };

export async function lookBeside(golden: ReadableBucket, { scope, testId }: GoldenRun, keySet: KeySet) {
  const about = { ...scope, testId };
  const [notice, tombstone] = await Promise.all([
    wordAt(golden, quarantineNoticeKey(scope, testId), 'quarantined', (bytes) =>
      openQuarantine(bytes, about, keySet),
    ),
    wordAt(golden, tombstoneKey(scope, testId), 'deleted', (bytes) => openTombstone(bytes, about, keySet)),
  ]);
  return { notice, tombstone };
}

async function wordAt<T>(
  golden: ReadableBucket,
  key: string,
  code: 'quarantined' | 'deleted',
  open: (bytes: Uint8Array) => { readonly statement: T },
): Promise<Word<T>> {
  if ((await golden.head(key)) === undefined) return { ours: undefined, faults: [] };
  try {
    const { statement } = open(await readEvidenceStatement(golden, key, MAX_TOMBSTONE));
    const message = 'is shown although the copy was taken away';
    return { ours: statement, faults: [{ code, path: MANIFEST, message }] };
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    const path = key.slice(key.lastIndexOf('/') + 1);
    const message = 'is there, and nobody of ours signed it';
    return { ours: undefined, faults: [{ code: 'unlisted_file', path, message }] };
  }
}
