import { proxyActivities } from '@temporalio/workflow';
import type { TrustActivities } from '../activities/trust/create-trust-activities.ts';
import type { PermitDecision, PermitInput } from '../contracts/workflows.ts';
import { isDecision } from '../domain/permit/is-decision.ts';
import { inZone } from './options.ts';
import { soundAnswer } from './sound-answer.ts';

const { decidePermit } = proxyActivities<TrustActivities>(inZone('trust', '10 minutes'));

/** A question to Trust that is no run's own: it waits until Trust is there, and is answered once. */
export const permitWorkflow = ({ run, bundle, ask }: PermitInput): Promise<PermitDecision> =>
  soundAnswer(() => decidePermit(run, bundle, ask), isDecision);
