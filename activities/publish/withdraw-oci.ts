import { CertusError } from '../../contracts/errors.ts';
import type { RunIdentity } from '../../contracts/workflows.ts';
import type { Withdrawal } from '../../services/registry/registry.ts';
import { isDeleted, isTakenAway } from '../custody/is-taken-away.ts';
import type { PublishDeps } from './deps.ts';
import { moveLatestBack, repositoryOf } from './latest-run.ts';
import { deleted, quarantined } from './quarantine-notice.ts';

type Run = Pick<RunIdentity, 'scope' | 'component' | 'testId'>;
type Deps = Pick<PublishDeps, 'registry' | 'registryNamespace' | 'golden'>;

/**
 * Has the registry serve the run's artifact no longer; one that deletes nothing says so, and that is told. Only of a run
 * with a notice or a tombstone, which nobody writes without a reason: who can start a workflow would else take away what
 * they like.
 */
export async function withdrawOci(deps: Deps, run: Run): Promise<Withdrawal> {
  if (!(await isTakenAway(deps.golden, run)))
    throw new CertusError('order_invalid', `${run.testId} was not taken away`);
  const { registry, golden } = deps;
  const repository = repositoryOf(deps, run);
  const withdrawal = await registry.withdraw(repository, run.testId);
  await moveLatestBack({ registry, golden, scope: run.scope, repository }, run.testId);
  return withdrawal;
}

/** Asked once it was pushed: the withdrawal may have come a moment before, and found nothing. */
export async function withdrawIfQuarantined(deps: Deps, run: Run): Promise<void> {
  if (!(await isTakenAway(deps.golden, run))) return;
  await withdrawOci(deps, run);
  throw (await isDeleted(deps.golden, run)) ? deleted(run) : quarantined(run);
}
