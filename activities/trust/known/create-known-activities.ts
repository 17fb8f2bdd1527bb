import type { QuarantineInput } from '../../../contracts/quarantine.ts';
import { withHeartbeat } from '../../heartbeat.ts';
import type { TrustDeps } from '../deps.ts';
import { logQuarantine } from './log-quarantine.ts';

/** What Trust writes down of the deeds of others. */
export const createKnownActivities = (deps: Pick<TrustDeps, 'log' | 'keySet'>) => ({
  logQuarantine: (input: QuarantineInput, notice: string): Promise<number> =>
    withHeartbeat(() => logQuarantine(deps, input, notice)),
});

export type KnownActivities = ReturnType<typeof createKnownActivities>;
