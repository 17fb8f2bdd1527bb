import { WORKFLOWS } from '../../contracts/workflow-names.ts';
import type { ScanInput } from '../../contracts/workflows.ts';
import { taskQueue, type Zone } from '../../contracts/zones.ts';
import {
  inPages,
  orderRun,
  permitInput,
  signArtifactInput,
  signInput,
  taintedRun,
  trustFakes,
} from '../workflow/trust-fakes.ts';
import type { Recording } from './recording.ts';

/** What Trust is asked for besides runs: each workflow is started by itself, under the name of its history. */
export const TRUST_RECORDINGS: readonly Recording[] = [
  alone('order-generate-key', WORKFLOWS.order, () => [orderRun('generate_key')]),
  alone('order-revoke-key', WORKFLOWS.order, () => [orderRun('revoke_key')]),
  {
    ...alone('order-continued', WORKFLOWS.order, () => [orderRun('revoke_key')]),
    activities: manyPages,
    first: true,
  },
  alone('quarantine', WORKFLOWS.quarantine, () => [taintedRun(99)]),
  alone('permit', WORKFLOWS.permit, (input) => [permitInput(input)]),
  alone('sign', WORKFLOWS.sign, (input) => [signInput(input)], 'assurance'),
  alone('sign-artifact', WORKFLOWS.signArtifact, (input) => [signArtifactInput(input)], 'assurance'),
  alone('key-care', WORKFLOWS.keyCare, () => []),
  alone('key-care-told', WORKFLOWS.keyCare, () => []),
  alone('witness', WORKFLOWS.witness, () => []),
];

function alone(
  name: string,
  type: string,
  args: (input: ScanInput) => unknown[],
  zone: Zone = 'transform',
): Recording {
  return {
    name,
    activities: trustFakes,
    of: () => name,
    start: async (client, input) => {
      const options = { taskQueue: taskQueue(zone), workflowId: name, args: args(input) };
      await client.workflow.execute(type, options);
    },
  };
}

/** More than one history is for; most of them empty, as where few workspaces want their runs taken away. */
function manyPages() {
  const fakes = trustFakes();
  const runsToQuarantine = inPages(...Array.from({ length: 10 }, () => []), [taintedRun(1)]);
  return { ...fakes, trust: { ...fakes.trust, runsToQuarantine } };
}
