import type { Burial, Cleared, DeletionInput } from '../../contracts/deletion.ts';
import type { StandingCursor } from '../../services/database/golden-classes.ts';
import type { Withdrawal } from '../../services/registry/registry.ts';
import { withHeartbeat } from '../heartbeat.ts';
import { withdrawOci } from '../publish/withdraw-oci.ts';
import { type Archived, archiveCopy } from './archive-copy.ts';
import { buryCopy } from './bury-copy.ts';
import { clearCopy } from './clear-copy.ts';
import type { DeletionDeps, Run } from './deletion-deps.ts';
import { type DuePage, dueCopies } from './due-copies.ts';
import { readKept } from './kept-copy.ts';
import { requireTombstone } from './opened-tombstone.ts';
import { recordDeletion } from './record-deletion.ts';
import { mayBeDeletedAt } from './retained-until.ts';

/** What the transform zone does with golden copies whose time has come, or that somebody ordered to delete. */
export const createRetentionActivities = (deps: DeletionDeps) => ({
  dueCopies: (after: StandingCursor | null): Promise<DuePage> => withHeartbeat(() => dueCopies(deps, after)),
  archiveCopy: (run: Run): Promise<Archived> => withHeartbeat((signal) => archiveCopy(deps, run, signal)),
  mayBeDeletedAt: (input: DeletionInput): Promise<string | null> =>
    withHeartbeat(() => mayBeDeletedAt(deps, input)),
  buryCopy: (input: DeletionInput): Promise<Burial> => withHeartbeat(() => buryCopy(deps, input)),
  clearCopy: (run: Run): Promise<Cleared> => withHeartbeat((signal) => clearCopy(deps, run, signal)),
  withdrawDeleted: (run: Run): Promise<Withdrawal> => withHeartbeat(() => withdrawDeleted(deps, run)),
  recordDeletion: (run: Run, known: { readonly registryKeeps: boolean }): Promise<void> =>
    withHeartbeat(() => recordDeletion(deps, run, known)),
});

export type RetentionActivities = ReturnType<typeof createRetentionActivities>;

/** Of which component it is, its list says: whoever could name one would have another's artifact withdrawn. */
async function withdrawDeleted(deps: DeletionDeps, run: Run): Promise<Withdrawal> {
  const { statement } = await requireTombstone(deps.golden, run, deps.keySet);
  const { index } = await readKept(deps, run, statement.predicate.bundle.digest.sha256);
  return withdrawOci(deps, { ...run, component: index.component_id });
}
