import type { DeletionInput } from '../../contracts/deletion.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { RetentionPolicy } from '../../contracts/retention.ts';
import { dueFor } from '../../domain/retention/due-for.ts';
import { type StandingCursor, standingCopies } from '../../services/database/golden-classes.ts';
import type { DeletionDeps } from './deletion-deps.ts';
import { legalHolds } from './legal-holds.ts';
import { retentionInForce } from './retention-in-force.ts';

export type DueCopy = DeletionInput & { readonly due: 'archive' | 'delete' };
export type DuePage = {
  readonly copies: readonly DueCopy[];
  /** Workspaces whose policy no order set: nothing of them is kept or removed until that is mended. */
  readonly stopped: readonly string[];
  readonly next: StandingCursor | null;
};

const PAGE = 200;

/**
 * Whose time has come, of the next copies. Rows choose what is looked at, and nothing else: whoever archives or deletes asks
 * what was signed.
 */
export async function dueCopies(
  deps: Pick<DeletionDeps, 'database' | 'keySet' | 'now'>,
  after: StandingCursor | null,
): Promise<DuePage> {
  const rows = await standingCopies(deps.database, after ?? undefined, PAGE);
  const policies = new Map<string, RetentionPolicy | undefined>();
  const holds = new Map<string, Awaited<ReturnType<typeof legalHolds>>>();
  const copies: DueCopy[] = [];
  for (const { scope, testId, bundleDigest, ...standing } of rows) {
    const place = `${scope.tenant}/${scope.workspace}`;
    if (!policies.has(place)) policies.set(place, await policyOf(deps, scope));
    const policy = policies.get(place);
    if (policy === undefined) continue;
    const due = dueFor(policy, { ...standing, onHold: false }, deps.now());
    if (due === undefined) continue;
    if (!holds.has(scope.tenant)) holds.set(scope.tenant, await legalHolds(deps, scope.tenant));
    if (holds.get(scope.tenant)?.({ workspace: scope.workspace, testId }) != null) continue;
    copies.push({ scope, testId, bundleDigest, orderId: null, due });
  }
  const last = rows.length < PAGE ? undefined : rows.at(-1);
  return {
    copies,
    stopped: [...policies].flatMap(([place, policy]) => (policy === undefined ? [place] : [])),
    next: last === undefined ? null : { ...last.scope, testId: last.testId },
  };
}

/** One workspace's policy that cannot be believed stops that workspace, and not all the others. */
async function policyOf(
  deps: Pick<DeletionDeps, 'database' | 'keySet'>,
  scope: Scope,
): Promise<RetentionPolicy | undefined> {
  try {
    return await retentionInForce(deps, scope);
  } catch (error) {
    if (error instanceof CertusError && error.code === 'policy_invalid') return undefined;
    throw error;
  }
}
