import type { QuarantineInput } from '../../../contracts/quarantine.ts';
import type { RunIdentity } from '../../../contracts/workflows.ts';
import { withHeartbeat } from '../../heartbeat.ts';
import { logPromotion, type PromotionLogDeps } from './log-promotion.ts';
import { logQuarantine } from './log-quarantine.ts';

/** What Trust writes down of the deeds of others. */
export const createKnownActivities = (deps: PromotionLogDeps) => ({
  logQuarantine: (input: QuarantineInput, notice: string): Promise<number> =>
    withHeartbeat(() => logQuarantine(deps, input, notice)),
  logPromotion: (run: Pick<RunIdentity, 'scope' | 'testId'>): Promise<number> =>
    withHeartbeat(() => logPromotion(deps, run)),
});

export type KnownActivities = ReturnType<typeof createKnownActivities>;
