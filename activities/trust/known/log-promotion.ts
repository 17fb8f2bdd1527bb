import { BUNDLE } from '../../../contracts/bundle.ts';
import { CertusError } from '../../../contracts/errors.ts';
import type { Scope } from '../../../contracts/identifiers.ts';
import { goldenPrefix } from '../../../contracts/object-keys.ts';
import type { KnownDigest } from '../../../contracts/provenance.ts';
import { PromotionStatement } from '../../../contracts/statements.ts';
import type { LogEntry } from '../../../contracts/transparency.ts';
import type { RunIdentity } from '../../../contracts/workflows.ts';
import { CustodyError } from '../../../domain/custody/custody-error.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { openStatement } from '../../../domain/custody/open-statement.ts';
import { digestsInGolden } from '../../../domain/provenance/known-digests.ts';
import type { ReadableBucket } from '../../../services/objects/store.ts';
import type { TrustDeps } from '../deps.ts';

export type GoldenLogDeps = Pick<TrustDeps, 'log' | 'keySet'> & {
  /** To read what Transform has signed: with twenty thousand documents it is more than a workflow carries. */
  readonly golden: ReadableBucket;
};
export type PromotionLogDeps = GoldenLogDeps & {
  /** By which digests the run can be asked for. */
  readonly note: (scope: Scope, testId: string, known: readonly KnownDigest[]) => Promise<void>;
};

const MAX_STATEMENT = 16 * 1024 * 1024;

/** Writes down that something came into golden, once the statement holds: what the log says, somebody has signed. */
export async function logPromotion(
  { log, keySet, golden, note }: PromotionLogDeps,
  { scope, testId }: Pick<RunIdentity, 'scope' | 'testId'>,
): Promise<number> {
  const bytes = await golden.read(`${goldenPrefix(scope, testId)}${BUNDLE.promotion}`, MAX_STATEMENT);
  const { statement, key } = openStatement(bytes, {
    schema: PromotionStatement,
    role: 'promotion',
    tenant: scope.tenant,
    keySet,
    madeAt: ({ predicate }) => predicate.promotedOn,
  });
  const { tenant, workspace, test_id, permit, bundle, promotedOn } = statement.predicate;
  if (tenant !== scope.tenant || workspace !== scope.workspace || test_id !== testId)
    throw new CustodyError('wrong_scope', 'the promotion belongs to another run');
  await note(scope, testId, digestsInGolden(statement, sha256(bytes)));
  const entry: LogEntry = {
    v: 1,
    kind: 'promotion',
    tenant,
    workspace,
    test_id,
    name: permit.id,
    digest: sha256(bytes),
    subjects: [bundle.digest.sha256, permit.digest.sha256],
    signer: key.id,
    at: promotedOn,
    note: null,
  };
  const [inclusion] = await log.append([entry]);
  if (inclusion === undefined)
    throw new CertusError('internal_error', 'the log gave no place for a promotion');
  return inclusion.index;
}
