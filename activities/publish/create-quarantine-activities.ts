import type { QuarantinedCopy, QuarantineInput } from '../../contracts/quarantine.ts';
import type { RunIdentity } from '../../contracts/workflows.ts';
import type { Withdrawal } from '../../services/registry/registry.ts';
import { withHeartbeat } from '../heartbeat.ts';
import { type QuarantineDeps, quarantineGolden } from './quarantine-golden.ts';
import { type QuarantineProgress, recordQuarantine } from './record-quarantine.ts';
import { withdrawOci } from './withdraw-oci.ts';

/** How the transform zone takes back what it has published. */
export const createQuarantineActivities = (deps: QuarantineDeps) => ({
  quarantineGolden: (input: QuarantineInput): Promise<QuarantinedCopy> =>
    withHeartbeat((signal) => quarantineGolden(deps, input, signal)),
  withdrawOci: (run: RunIdentity): Promise<Withdrawal> => withHeartbeat(() => withdrawOci(deps, run)),
  recordQuarantine: (input: QuarantineInput, known: QuarantineProgress): Promise<void> =>
    recordQuarantine(deps, input, known),
});

export type QuarantineActivities = ReturnType<typeof createQuarantineActivities>;
