import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { ReceiveUploadInput } from '../../contracts/uploads.ts';
import { WORKFLOWS } from '../../contracts/workflow-names.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { beginCommit, type SessionRecord } from '../../services/database/upload-sessions.ts';
import { bytesOf, piecesSoFar } from '../../services/documents/upload-pieces.ts';
import type { ApiDeps } from '../deps.ts';
import { endedWithin } from '../ended-within.ts';
import { existingSession, requireOpen } from './find-session.ts';

type Deps = Pick<ApiDeps, 'database' | 'objects' | 'temporal'>;

const PATIENCE_MS = 5_000;
/** What is put together in a moment is answered with; a large document is asked for again. */
const RECEIVING_MS = 8_000;

/** Has an upload that is whole put together; gives back how it stands after a moment. Its failure is thrown. */
export async function commitSession(
  deps: Deps,
  scope: Scope,
  session: SessionRecord,
): Promise<SessionRecord> {
  if (session.state === 'open') {
    requireOpen(session, new Date());
    await requireWhole(deps, scope, session);
    await beginCommit(deps.database, scope, session.id);
  }
  if (session.state === 'open' || session.state === 'committing')
    await receive(deps.temporal, { ...scope, uploadId: session.id });
  const ended = await existingSession(deps, scope, session.id);
  if (ended.error !== null) throw new CertusError(ended.error.code, ended.error.message);
  return ended;
}

async function requireWhole(
  { database, objects }: Deps,
  scope: Scope,
  session: SessionRecord,
): Promise<void> {
  const uploads = await objects.uploads();
  const arrived = bytesOf(await piecesSoFar({ database, uploads }, scope, session));
  if (arrived !== session.size)
    throw new CertusError(
      'upload_incomplete',
      `${arrived} of ${session.size} bytes have arrived without a gap`,
    );
}

async function receive(temporal: Client, input: ReceiveUploadInput): Promise<void> {
  const workflowId = `receive/${input.tenant}/${input.workspace}/${input.uploadId}`;
  try {
    await temporal.withDeadline(Date.now() + PATIENCE_MS, () =>
      temporal.workflow.start(WORKFLOWS.receiveUpload, {
        workflowId,
        taskQueue: taskQueue('transform'),
        args: [input],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error; // ended already: the row tells
  }
  await endedWithin(temporal, temporal.workflow.getHandle(workflowId), RECEIVING_MS);
}
