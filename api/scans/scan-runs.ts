import {
  type Client,
  isGrpcServiceError,
  QueryNotRegisteredError,
  QueryRejectedError,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import type { Scope } from '../../contracts/identifiers.ts';
import type { Step } from '../../contracts/scan.ts';
import { PROGRESS_QUERY, WORKFLOWS, workflowId } from '../../contracts/workflow-names.ts';
import type { ScanInput } from '../../contracts/workflows.ts';
import { SEARCH_ATTRIBUTES, taskQueue } from '../../contracts/zones.ts';
import { AcceptedScan, acceptedScan } from './accepted-scan.ts';

const PATIENCE = 5000;
/** Progress is a courtesy: an answer does not wait longer for it. */
const PROGRESS_PATIENCE = 1500;
const MEMO = 'scan';

/** Starts the run, or finds the one that was started under this id before. */
export async function startScan(
  temporal: Client,
  input: ScanInput,
): Promise<{ readonly started: boolean; readonly scan: AcceptedScan }> {
  const scan = acceptedScan(input);
  try {
    await temporal.withDeadline(Date.now() + PATIENCE, () =>
      temporal.workflow.start(WORKFLOWS.scan, {
        workflowId: workflowId('scan', input),
        taskQueue: taskQueue('assurance'),
        args: [input],
        memo: { [MEMO]: scan },
        typedSearchAttributes: searchAttributes(input, 'QUEUED'),
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
      }),
    );
    return { started: true, scan };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const before = await findStartedScan(temporal, workflowId('scan', input));
    if (!before) throw error;
    return { started: false, scan: before };
  }
}

/** The request a run was started with, for as long as the engine keeps the run. */
export async function findStartedScan(temporal: Client, id: string): Promise<AcceptedScan | undefined> {
  try {
    const { memo } = await temporal.withDeadline(Date.now() + PATIENCE, () =>
      temporal.workflow.getHandle(id).describe(),
    );
    return AcceptedScan.parse(memo?.[MEMO]);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** Asks a run to stop and clear up; false when it has ended already. */
export async function cancelScan(temporal: Client, id: string): Promise<boolean> {
  try {
    await temporal.withDeadline(Date.now() + PATIENCE, () => temporal.workflow.getHandle(id).cancel());
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** Stops a run that lost a race; that it has ended by itself is as good. */
export async function withdrawScan(temporal: Client, id: string, reason: string): Promise<void> {
  try {
    await temporal.withDeadline(Date.now() + PATIENCE, () =>
      temporal.workflow.getHandle(id).terminate(reason),
    );
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

/** The run of this test when it has no row yet; ids end in the test's, so the running ones of its workspace are looked through. */
export async function runningScan(
  temporal: Client,
  scope: Scope,
  testId: string,
): Promise<AcceptedScan | undefined> {
  const query = [
    `WorkflowType = '${WORKFLOWS.scan}'`,
    `ExecutionStatus = 'Running'`,
    `${SEARCH_ATTRIBUTES.tenant} = '${scope.tenant}'`,
    `${SEARCH_ATTRIBUTES.workspace} = '${scope.workspace}'`,
  ].join(' AND ');
  return temporal.withDeadline(Date.now() + PATIENCE, async () => {
    for await (const run of temporal.workflow.list({ query, pageSize: 1000 })) {
      // a scan that a schedule started has no memo: its first step writes its row in a moment
      if (run.workflowId.endsWith(`/${testId}`)) return AcceptedScan.safeParse(run.memo?.[MEMO]).data;
    }
    return undefined;
  });
}

/** The steps of a run; none when nobody can answer for it right now. */
export async function progressOf(temporal: Client, id: string): Promise<Step[]> {
  try {
    return await temporal.withDeadline(Date.now() + PROGRESS_PATIENCE, async () => [
      ...(await temporal.workflow.getHandle(id).query<readonly Step[]>(PROGRESS_QUERY)),
    ]);
  } catch (error) {
    if (isNoAnswer(error)) return [];
    throw error;
  }
}

/** How and when a run ended; `undefined` while it goes on, or when nobody can say. */
export async function endOfRun(temporal: Client, id: string): Promise<{ how: string; at: Date } | undefined> {
  try {
    const { status, closeTime } = await temporal.withDeadline(Date.now() + PATIENCE, () =>
      temporal.workflow.getHandle(id).describe(),
    );
    return closeTime === undefined ? undefined : { how: status.name.toLowerCase(), at: closeTime };
  } catch (error) {
    if (isNoAnswer(error)) return undefined;
    throw error;
  }
}

function isNoAnswer(error: unknown): boolean {
  return (
    error instanceof WorkflowNotFoundError ||
    error instanceof QueryNotRegisteredError ||
    error instanceof QueryRejectedError ||
    error instanceof ServiceError ||
    isGrpcServiceError(error)
  );
}

/** By what a person finds a run in Temporal's Web UI. */
export const searchAttributes = (
  { scope, component }: Pick<ScanInput, 'scope' | 'component'>,
  state: string,
) => [
  keyword(SEARCH_ATTRIBUTES.tenant, scope.tenant),
  keyword(SEARCH_ATTRIBUTES.workspace, scope.workspace),
  keyword(SEARCH_ATTRIBUTES.component, component),
  keyword(SEARCH_ATTRIBUTES.state, state),
];

const keyword = (name: string, value: string) => ({ key: defineSearchAttributeKey(name, 'KEYWORD'), value });
