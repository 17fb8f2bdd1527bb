import type { Scope } from '../../../contracts/identifiers.ts';
import type { KeySet } from '../../../contracts/keys.ts';
import type { PermitFacts } from '../../../contracts/permission.ts';
import { CustodyError } from '../../../domain/custody/custody-error.ts';
import { type AttachedStatement, openAttached } from '../../../domain/permit/attached-statement.ts';
import { attachedStatements } from '../../../services/database/attached-statements.ts';
import type { TrustDeps } from '../deps.ts';

type Attached = {
  readonly attached: readonly AttachedStatement[];
  readonly ignored: PermitFacts['ignored'];
};

/** What others said about a bundle, each verified anew: the table is written by a process that holds no key. */
export async function attachedTo(
  { database }: Pick<TrustDeps, 'database'>,
  keySet: KeySet,
  { scope, testId }: { readonly scope: Scope; readonly testId: string },
  bundleDigest: string,
  at: Date,
): Promise<Attached> {
  const attached: AttachedStatement[] = [];
  const ignored: PermitFacts['ignored'] = [];
  for (const { digest, statement } of await attachedStatements(database, scope, testId)) {
    try {
      attached.push(openAttached(statement, { tenant: scope.tenant, bundleDigest, keySet, at }));
    } catch (error) {
      if (!(error instanceof CustodyError)) throw error;
      ignored.push({ digest, code: error.code });
    }
  }
  return { attached, ignored };
}
