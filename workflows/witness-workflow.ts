import { proxyActivities } from '@temporalio/workflow';
import type { WitnessActivities } from '../activities/trust/rekor/create-witness-activities.ts';
import { inZone } from './options.ts';

const { witnessPermits } = proxyActivities<WitnessActivities>(inZone('trust', '1 hour'));

/** Every few minutes: tells the second log of the permits that were given since. Answers how many. */
export const witnessWorkflow = (): Promise<number> => witnessPermits();
