import { proxyActivities } from '@temporalio/workflow';
import type { UploadActivities } from '../activities/documents/create-upload-activities.ts';
import type { ReceiveUploadInput } from '../contracts/uploads.ts';
import { inZone } from './options.ts';

const { receiveUpload } = proxyActivities<UploadActivities>(inZone('transform', '1 day'));

/** Puts together what was brought in pieces; what became of it stands in the row of the upload. */
export async function receiveUploadWorkflow(input: ReceiveUploadInput): Promise<void> {
  await receiveUpload(input);
}
