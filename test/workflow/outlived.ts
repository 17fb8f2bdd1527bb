import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { WORKFLOWS } from '../../contracts/workflow-names.ts';

/**
 * The server of the tests holds its clock for good once a child has outlived its parent, and skips no time any more. What golden
 * shows is ingested by such a child: to be called after each test that may have published something.
 */
export function outlivedParents(environment: () => TestWorkflowEnvironment): () => Promise<void> {
  const known = new Set<string>();
  return async () => {
    const { client, connection } = environment();
    const asked = { namespace: 'default', typeFilter: { name: WORKFLOWS.goldenIngestion } };
    const lists = await Promise.all([
      connection.workflowService.listOpenWorkflowExecutions(asked),
      connection.workflowService.listClosedWorkflowExecutions(asked),
    ]);
    for (const { execution } of lists.flatMap(({ executions }) => executions ?? [])) {
      const { workflowId, runId } = execution ?? {};
      if (!workflowId || !runId || known.has(runId)) continue;
      known.add(runId);
      const child = client.workflow.getHandle(workflowId, runId);
      const { parentExecution: parent, status, closeTime } = await child.describe();
      if (!parent?.workflowId) continue;
      const ended = (await client.workflow.getHandle(parent.workflowId, parent.runId ?? undefined).describe())
        .closeTime;
      if (status.name === 'RUNNING') await child.terminate();
      if (ended !== undefined && (closeTime === undefined || closeTime > ended))
        await connection.testService?.unlockTimeSkipping({});
    }
  };
}
