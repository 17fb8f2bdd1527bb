import type { OrderOutcome } from '../../contracts/orders.ts';
import { withHeartbeat } from '../heartbeat.ts';
import type { TrustDeps } from './deps.ts';
import { refreshRevocationList } from './enrol/revoke-certificates.ts';
import { type RevokedBy, type RunsToQuarantine, runsToQuarantine } from './keys/runs-to-quarantine.ts';
import { carryOut, type OrderToCarryOut } from './orders/carry-out.ts';

/** What administrators tell Trust, and what Trust does by itself. */
export const createOrderActivities = (deps: TrustDeps) => ({
  carryOut: (order: OrderToCarryOut): Promise<OrderOutcome> => withHeartbeat(() => carryOut(deps, order)),
  runsToQuarantine: (by: RevokedBy): Promise<RunsToQuarantine> =>
    withHeartbeat(() => runsToQuarantine(deps, by)),
  refreshRevocationList: (): Promise<number | null> =>
    withHeartbeat(async () => (await refreshRevocationList(deps)) ?? null),
});

export type OrderActivities = ReturnType<typeof createOrderActivities>;
