import type { BundleReference, PermitAsk, PermitDecision, RunIdentity } from '../../contracts/workflows.ts';
import { withHeartbeat } from '../heartbeat.ts';
import type { TrustDeps } from './deps.ts';
import { decidePermit } from './permit/decide-permit.ts';
import { usePermit } from './permit/use-permit.ts';

/** What runs ask of Trust. */
export const createTrustActivities = (deps: TrustDeps) => ({
  decidePermit: (run: RunIdentity, bundle: BundleReference, ask?: PermitAsk): Promise<PermitDecision> =>
    withHeartbeat(() => decidePermit(deps, run, bundle, ask)),
  usePermit: (run: RunIdentity, bundle: BundleReference, permitId: string): Promise<PermitDecision> =>
    withHeartbeat(() => usePermit(deps, run, bundle, permitId)),
});

export type TrustActivities = ReturnType<typeof createTrustActivities>;
