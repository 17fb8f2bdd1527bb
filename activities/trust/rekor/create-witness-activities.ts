import { CertusError } from '../../../contracts/errors.ts';
import { unwitnessedPermits } from '../../../services/database/permit-witness.ts';
import { withHeartbeat } from '../../heartbeat.ts';
import { type WitnessDeps, witnessPermit } from './witness-permit.ts';

const PAGE = 100;
const MOST = 1000;

/** The second log, which is told afterwards: no publication waits for it. */
export const createWitnessActivities = (deps: WitnessDeps) => ({
  /**
   * Has permits kept that are not yet, the oldest first, and says how many there were. One that the log refuses, such as a
   * row that was forged by hand, holds up none that come after it, and is told at the end.
   */
  witnessPermits: (): Promise<number> =>
    withHeartbeat(async (signal) => {
      if (deps.rekor === undefined) return 0;
      const refused: CertusError[] = [];
      let witnessed = 0;
      while (witnessed + refused.length < MOST) {
        const waiting = await unwitnessedPermits(deps.database, PAGE, refused.length);
        if (waiting.length === 0) break;
        for (const { scope, id } of waiting) {
          signal.throwIfAborted();
          const refusal = await refusalOf(witnessPermit(deps, scope, id), id);
          if (refusal === undefined) witnessed += 1;
          else refused.push(refusal);
        }
      }
      const [first] = refused;
      if (first === undefined) return witnessed;
      const message = `${refused.length} permits are not witnessed, ${witnessed} are. ${first.message}`;
      throw new CertusError(first.code, message, { cause: first });
    }),
});

export type WitnessActivities = ReturnType<typeof createWitnessActivities>;

/** A log that is away ends the round: it would be away for the next one too. */
async function refusalOf(witnessing: Promise<unknown>, id: string): Promise<CertusError | undefined> {
  try {
    await witnessing;
    return undefined;
  } catch (error) {
    if (!(error instanceof CertusError) || error.retryable) throw error;
    return new CertusError(error.code, `${id}: ${error.message}`, { cause: error });
  }
}
