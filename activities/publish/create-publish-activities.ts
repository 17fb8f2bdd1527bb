import type { PublishInput } from '../../contracts/workflows.ts';
import { withHeartbeat } from '../heartbeat.ts';
import type { PublishDeps } from './deps.ts';
import { type Promotion, promote } from './promote.ts';
import { publishOci } from './publish-oci.ts';

/** The steps of the transform zone. */
export const createPublishActivities = (deps: PublishDeps) => ({
  promote: (input: PublishInput): Promise<Promotion> =>
    withHeartbeat((signal) => promote(deps, input, signal)),
  publishOci: (input: PublishInput): Promise<string> =>
    withHeartbeat((signal) => publishOci(deps, input, signal)),
});

export type PublishActivities = ReturnType<typeof createPublishActivities>;
