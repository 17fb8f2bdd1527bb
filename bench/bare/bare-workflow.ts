import { proxyActivities } from '@temporalio/workflow';
import type { BareActivities } from './bare-worker.ts';

const { nothing } = proxyActivities<BareActivities>({ startToCloseTimeout: '1 minute' });

/** As many steps as the chain has, and nothing in any of them: what Temporal itself costs. */
export async function bareWorkflow(steps: number): Promise<void> {
  for (let step = 0; step < steps; step += 1) await nothing();
}
