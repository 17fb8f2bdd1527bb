import { unwitnessedPermits } from '../../../services/database/permit-witness.ts';
import { withHeartbeat } from '../../heartbeat.ts';
import { type WitnessDeps, witnessPermit } from './witness-permit.ts';

const PAGE = 100;

/** The second log, which is told afterwards: no publication waits for it. */
export const createWitnessActivities = (deps: WitnessDeps) => ({
  /** Has permits kept that are not yet, the oldest first, and says how many there were. */
  witnessPermits: (): Promise<number> =>
    withHeartbeat(async (signal) => {
      if (deps.rekor === undefined) return 0;
      const waiting = await unwitnessedPermits(deps.database, PAGE);
      for (const { scope, id } of waiting) {
        signal.throwIfAborted();
        await witnessPermit(deps, scope, id);
      }
      return waiting.length;
    }),
});

export type WitnessActivities = ReturnType<typeof createWitnessActivities>;
