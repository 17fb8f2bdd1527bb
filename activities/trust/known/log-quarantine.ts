import type { QuarantineInput } from '../../../contracts/quarantine.ts';
import type { LogEntry } from '../../../contracts/transparency.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { openQuarantine } from '../../../domain/custody/quarantine-statement.ts';
import type { TrustDeps } from '../deps.ts';

/** Writes down that a copy was taken away, once the notice holds: what the log says, somebody has signed. */
export async function logQuarantine(
  { log, keySet }: Pick<TrustDeps, 'log' | 'keySet'>,
  { scope, testId }: QuarantineInput,
  notice: string,
): Promise<number> {
  const bytes = Buffer.from(notice);
  const { statement, key } = openQuarantine(bytes, { ...scope, testId }, keySet);
  const { permit, cause, quarantinedOn } = statement.predicate;
  const entry: LogEntry = {
    v: 1,
    kind: 'quarantine',
    tenant: scope.tenant,
    workspace: scope.workspace,
    test_id: testId,
    name: permit.id,
    digest: sha256(bytes),
    subjects: statement.subject.map(({ digest }) => digest.sha256),
    signer: key.id,
    at: quarantinedOn,
    note: `${cause.reason}: key ${cause.key}, ${cause.order}`.slice(0, 300),
  };
  const [inclusion] = await log.append([entry]);
  if (inclusion === undefined) throw new Error('the log gave no place for a quarantine');
  return inclusion.index;
}
