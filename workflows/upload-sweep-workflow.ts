import { proxyActivities } from '@temporalio/workflow';
import type { UploadActivities } from '../activities/documents/create-upload-activities.ts';
import { inZone } from './options.ts';

const { sweepUploads } = proxyActivities<UploadActivities>(inZone('transform', '1 hour'));

/** Every hour: ends uploads that nobody went on with, and removes their pieces. Answers how many it dealt with. */
export const uploadSweepWorkflow = (): Promise<number> => sweepUploads();
