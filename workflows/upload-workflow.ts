import {
  CancellationScope,
  isCancellation,
  proxyLocalActivities,
  setHandler,
  TemporalFailure,
} from '@temporalio/workflow';
import type { ScanActivities } from '../activities/scan/create-scan-activities.ts';
import type { UploadRecord } from '../activities/scan/record-upload.ts';
import type { UploadInput } from '../contracts/workflows.ts';
import { failureNotice, toFailure } from './failure-notice.ts';
import { bookkeeping } from './options.ts';
import { permitAndPublish } from './permit-and-publish.ts';
import { ProgressBoard, progress } from './progress.ts';
import { identityOf } from './run-identity.ts';

const { recordUpload } = proxyLocalActivities<ScanActivities>(bookkeeping);

/** Takes evidence that was signed and kept back through permit and publication, once somebody asks for it. */
export async function uploadWorkflow(input: UploadInput): Promise<UploadRecord> {
  const board = new ProgressBoard(['permit', 'publish']);
  setHandler(progress, () => board.steps());
  let record: UploadRecord = {};
  const learn = (more: UploadRecord) => {
    record = { ...record, ...more };
  };
  try {
    await permitAndPublish(identityOf(input), input.bundle, board, learn, input.permitId);
  } catch (caught) {
    const failure = toFailure(caught);
    if (!(failure instanceof TemporalFailure)) throw failure;
    const code = isCancellation(failure) ? 'cancelled' : failureNotice(failure).code;
    learn({ error: { ...failureNotice(failure), code } });
    await CancellationScope.nonCancellable(() => recordUpload(input, record));
    throw failure;
  }
  await recordUpload(input, record);
  return record;
}
