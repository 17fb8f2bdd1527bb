import type { KeySet } from '../../../contracts/keys.ts';
import { PermitStatement } from '../../../contracts/statements.ts';
import type { LogEntry } from '../../../contracts/transparency.ts';
import { openStatement } from '../../../domain/custody/open-statement.ts';
import { permitEntry } from '../../../domain/custody/permit-entry.ts';
import { logProof } from '../../../domain/transparency/log-proof.ts';
import { leafOf } from '../../../domain/transparency/merkle-hash.ts';
import type { TransparencyLog } from '../../../services/transparency/transparency-log.ts';
import { entryOf, inclusionOf, newLogKey } from '../transparency/made-log.ts';

/** A log in memory, with a real tree and real signatures. */
export function testLog() {
  const key = newLogKey();
  const entries: LogEntry[] = [entryOf(0)];
  const log: TransparencyLog = {
    append: async (added) =>
      added.map((entry) => {
        const leaf = leafOf(entry);
        const at = entries.findIndex((known) => leafOf(known).equals(leaf));
        const index = at < 0 ? entries.push(entry) - 1 : at;
        return inclusionOf(index, entries, key);
      }),
  };
  const prove = async (permit: Uint8Array, keySet: KeySet): Promise<string> => {
    const opened = openStatement(permit, {
      schema: PermitStatement,
      role: 'permit',
      tenant: 'acme',
      keySet,
      madeAt: ({ predicate }) => predicate.timeVerified,
    });
    const [inclusion] = await log.append([permitEntry(permit, opened)]);
    if (inclusion === undefined) throw new Error('the log of the test gave no proof');
    return logProof(inclusion);
  };
  return { ...log, trusted: key.trusted, entries, prove };
}
