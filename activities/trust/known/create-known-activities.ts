import type { QuarantineInput } from '../../../contracts/quarantine.ts';
import type { RunIdentity } from '../../../contracts/workflows.ts';
import { recordKnownDigests } from '../../../services/database/known-digests.ts';
import { withHeartbeat } from '../../heartbeat.ts';
import type { TrustDeps } from '../deps.ts';
import { type GoldenLogDeps, logPromotion } from './log-promotion.ts';
import { logQuarantine } from './log-quarantine.ts';

/** What Trust writes down of the deeds of others. */
export const createKnownActivities = (deps: GoldenLogDeps & Pick<TrustDeps, 'database'>) => ({
  logQuarantine: (input: QuarantineInput, notice: string): Promise<number> =>
    withHeartbeat(() => logQuarantine(deps, input, notice)),
  logPromotion: (run: Pick<RunIdentity, 'scope' | 'testId'>): Promise<number> =>
    withHeartbeat(() =>
      logPromotion({ ...deps, note: (...known) => recordKnownDigests(deps.database, ...known) }, run),
    ),
});

export type KnownActivities = ReturnType<typeof createKnownActivities>;
