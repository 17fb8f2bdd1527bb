import { CertusError } from '../../../contracts/errors.ts';
import type { Scope } from '../../../contracts/identifiers.ts';
import { tombstoneKey } from '../../../contracts/object-keys.ts';
import type { LogEntry } from '../../../contracts/transparency.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { openTombstone } from '../../../domain/custody/tombstone-statement.ts';
import { withHeartbeat } from '../../heartbeat.ts';
import type { GoldenLogDeps } from './log-promotion.ts';

const MAX_TOMBSTONE = 32 * 1024 * 1024;

type Run = { readonly scope: Scope; readonly testId: string };

export const createDeletionLogActivities = (deps: GoldenLogDeps) => ({
  logDeletion: (run: Run): Promise<number> => withHeartbeat(() => logDeletion(deps, run)),
});
export type DeletionLogActivities = ReturnType<typeof createDeletionLogActivities>;

/** Writes down that a copy was deleted, once the tombstone holds; before its files go. */
export async function logDeletion(
  { log, keySet, golden }: GoldenLogDeps,
  { scope, testId }: Run,
): Promise<number> {
  const bytes = await golden.read(tombstoneKey(scope, testId), MAX_TOMBSTONE);
  const { statement, key } = openTombstone(bytes, { ...scope, testId }, keySet);
  const { permit, bundle, order, deletedOn } = statement.predicate;
  const entry: LogEntry = {
    v: 1,
    kind: 'deletion',
    tenant: scope.tenant,
    workspace: scope.workspace,
    test_id: testId,
    name: permit.id,
    digest: sha256(bytes),
    subjects: [bundle.digest.sha256],
    signer: key.id,
    at: deletedOn,
    note: order ?? 'retention',
  };
  const [inclusion] = await log.append([entry]);
  if (inclusion === undefined)
    throw new CertusError('internal_error', 'the log gave no place for a deletion');
  return inclusion.index;
}
