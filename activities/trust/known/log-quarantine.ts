import type { QuarantineInput } from '../../../contracts/quarantine.ts';
import type { QuarantineStatement } from '../../../contracts/statements.ts';
import type { LogEntry } from '../../../contracts/transparency.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { openQuarantine, quarantineReason } from '../../../domain/custody/quarantine-statement.ts';
import type { TrustDeps } from '../deps.ts';

/** Writes down that a copy was taken away, once the notice holds: what the log says, somebody has signed. */
export async function logQuarantine(
  { log, keySet }: Pick<TrustDeps, 'log' | 'keySet'>,
  { scope, testId }: QuarantineInput,
  notice: string,
): Promise<number> {
  const bytes = Buffer.from(notice);
  const { statement, key } = openQuarantine(bytes, { ...scope, testId }, keySet);
  const { permit, quarantinedOn } = statement.predicate;
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
    note: noteOf(statement.predicate).slice(0, 300),
  };
  const [inclusion] = await log.append([entry]);
  if (inclusion === undefined) throw new Error('the log gave no place for a quarantine');
  return inclusion.index;
}

const noteOf = (predicate: QuarantineStatement['predicate']): string => {
  const { cause } = predicate;
  return 'drift' in cause ? quarantineReason(predicate) : `${cause.reason}: key ${cause.key}, ${cause.order}`;
};
