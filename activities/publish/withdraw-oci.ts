import { CertusError } from '../../contracts/errors.ts';
import type { RunIdentity } from '../../contracts/workflows.ts';
import type { Withdrawal } from '../../services/registry/registry.ts';
import type { PublishDeps } from './deps.ts';
import { requireNotQuarantined } from './quarantine-notice.ts';

type Run = Pick<RunIdentity, 'scope' | 'component' | 'testId'>;
type Deps = Pick<PublishDeps, 'registry' | 'registryNamespace'>;

/** Has the registry serve the run's artifact no longer; one that deletes nothing says so, and that is told. */
export const withdrawOci = (
  { registry, registryNamespace }: Deps,
  { scope: { tenant, workspace }, component, testId }: Run,
): Promise<Withdrawal> =>
  registry.withdraw(`${registryNamespace}/${tenant}/${workspace}/${component}`, testId);

/** Asked once it was pushed: the withdrawal may have come a moment before, and found nothing. */
export async function withdrawIfQuarantined(
  deps: Deps & Pick<PublishDeps, 'golden'>,
  run: Run,
): Promise<void> {
  try {
    await requireNotQuarantined(deps.golden, run);
  } catch (error) {
    if (error instanceof CertusError && error.code === 'quarantined') await withdrawOci(deps, run);
    throw error;
  }
}
