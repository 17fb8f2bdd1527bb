import { proxyActivities } from '@temporalio/workflow';
import type { TrustActivities } from '../activities/trust/create-trust-activities.ts';
import type { PermitDecision, PermitInput } from '../contracts/workflows.ts';
import { inZone } from './options.ts';

const { decidePermit } = proxyActivities<TrustActivities>(inZone('trust', '10 minutes'));

/** A question to Trust that is no run's own: it waits until Trust is there, and is answered once. */
export const permitWorkflow = ({ run, bundle, ask }: PermitInput): Promise<PermitDecision> =>
  decidePermit(run, bundle, ask);
