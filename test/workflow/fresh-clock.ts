import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { WORKFLOWS } from '../../contracts/workflow-names.ts';
import { startEnvironment } from './zones.ts';

/**
 * The server of the tests skips no time any more once a child has outlived its parent. What golden shows is ingested by such a
 * child: after a test that has published something the next one is given another server.
 */
export async function withFreshClock(environment: TestWorkflowEnvironment): Promise<TestWorkflowEnvironment> {
  const { workflowService } = environment.connection;
  const asked = { namespace: 'default', typeFilter: { name: WORKFLOWS.goldenIngestion } };
  const lists = await Promise.all([
    workflowService.listOpenWorkflowExecutions(asked),
    workflowService.listClosedWorkflowExecutions(asked),
  ]);
  if (lists.every(({ executions }) => (executions ?? []).length === 0)) return environment;
  await environment.teardown();
  return startEnvironment();
}
