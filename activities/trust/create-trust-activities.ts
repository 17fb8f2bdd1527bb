import type { OrderOutcome } from '../../contracts/orders.ts';
import type { BundleReference, PermitAsk, PermitDecision, RunIdentity } from '../../contracts/workflows.ts';
import { withHeartbeat } from '../heartbeat.ts';
import type { TrustDeps } from './deps.ts';
import { refreshRevocationList } from './enrol/revoke-certificates.ts';
import { type RevokedBy, type RunsToQuarantine, runsToQuarantine } from './keys/runs-to-quarantine.ts';
import { carryOut, type OrderToCarryOut } from './orders/carry-out.ts';
import { decidePermit } from './permit/decide-permit.ts';
import { usePermit } from './permit/use-permit.ts';

/** The steps of the trust zone about permits, and about what administrators order. */
export const createTrustActivities = (deps: TrustDeps) => ({
  decidePermit: (run: RunIdentity, bundle: BundleReference, ask?: PermitAsk): Promise<PermitDecision> =>
    withHeartbeat(() => decidePermit(deps, run, bundle, ask)),
  usePermit: (run: RunIdentity, bundle: BundleReference, permitId: string): Promise<PermitDecision> =>
    withHeartbeat(() => usePermit(deps, run, bundle, permitId)),
  carryOut: (order: OrderToCarryOut): Promise<OrderOutcome> => withHeartbeat(() => carryOut(deps, order)),
  runsToQuarantine: (by: RevokedBy): Promise<RunsToQuarantine> =>
    withHeartbeat(() => runsToQuarantine(deps, by)),
  refreshRevocationList: (): Promise<number | null> =>
    withHeartbeat(async () => (await refreshRevocationList(deps)) ?? null),
});

export type TrustActivities = ReturnType<typeof createTrustActivities>;
