import type { ReceiveUploadInput } from '../../contracts/uploads.ts';
import { withHeartbeat } from '../heartbeat.ts';
import { receiveUpload } from './receive-upload.ts';
import { sweepUploads } from './sweep-uploads.ts';
import type { UploadDeps } from './upload-deps.ts';

/** How the transform zone takes in what came in pieces. */
export const createUploadActivities = (deps: UploadDeps) => ({
  receiveUpload: (input: ReceiveUploadInput): Promise<void> =>
    withHeartbeat(() => receiveUpload(deps, input)),
  sweepUploads: (): Promise<number> => withHeartbeat((signal) => sweepUploads(deps, signal)),
});

export type UploadActivities = ReturnType<typeof createUploadActivities>;
