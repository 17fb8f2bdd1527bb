import { Scope, TestId } from '../../contracts/identifiers.ts';
import { goldenManifestKey } from '../../contracts/object-keys.ts';
import type { GoldenRun } from '../../domain/custody/golden-chain.ts';
import { type AuditScope, tenantsWithCopies, unrecordedOf } from '../../services/database/audited-copies.ts';
import type { AuditDeps } from './audit-deps.ts';

type Deps = Pick<AuditDeps, 'database' | 'golden'>;

export type Unrecorded = { readonly runs: readonly GoldenRun[]; readonly more: boolean };

const MOST_RUNS = 100;
const AT_ONCE = 500;

/** Copies that golden shows and that no row knows: nobody would ever look at them, nor clear them away. */
export async function findUnrecorded(
  { database, golden }: Deps,
  { tenant, workspace }: AuditScope,
  signal: AbortSignal,
): Promise<Unrecorded> {
  const prefix = workspace === null ? `${tenant}/` : `${tenant}/${workspace}/`;
  const found: GoldenRun[] = [];
  let page: GoldenRun[] = [];
  const ask = async () => {
    for (const scope of scopesOf(page)) {
      const testIds = page
        .filter((run) => run.scope.workspace === scope.workspace)
        .map(({ testId }) => testId);
      for (const testId of await unrecordedOf(database, scope, testIds)) found.push({ scope, testId });
    }
    page = [];
  };
  for await (const { key } of golden.list(prefix)) {
    signal.throwIfAborted();
    const run = runShownBy(key);
    if (run !== undefined && page.push(run) === AT_ONCE) await ask();
    if (found.length > MOST_RUNS) break;
  }
  await ask();
  return { runs: found.slice(0, MOST_RUNS), more: found.length > MOST_RUNS };
}

/** Of rows and of golden both: a tenant whose rows are gone still has copies. */
export async function tenantsToAudit({ database, golden }: Deps, signal: AbortSignal): Promise<string[]> {
  const tenants = new Set(await tenantsWithCopies(database));
  for await (const { key } of golden.list('')) {
    signal.throwIfAborted();
    const run = runShownBy(key);
    if (run !== undefined) tenants.add(run.scope.tenant);
  }
  return [...tenants].filter((tenant) => Scope.shape.tenant.safeParse(tenant).success).sort();
}

/** The run that becomes visible by this object; nothing for any other object. */
function runShownBy(key: string): GoldenRun | undefined {
  const [tenant, workspace, , testId] = key.split('/');
  const scope = Scope.safeParse({ tenant, workspace });
  const id = TestId.safeParse(testId);
  if (!scope.success || !id.success || goldenManifestKey(scope.data, id.data) !== key) return undefined;
  return { scope: scope.data, testId: id.data };
}

const scopesOf = (runs: readonly GoldenRun[]): Scope[] => [
  ...new Map(runs.map(({ scope }) => [scope.workspace, scope])).values(),
];
