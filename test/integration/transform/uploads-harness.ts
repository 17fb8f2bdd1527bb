import { resolve } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createUploadActivities } from '../../../activities/documents/create-upload-activities.ts';
import { taskQueue } from '../../../contracts/zones.ts';
import { openObjectStore } from '../../../services/objects/open-objects.ts';
import { type Answer, type Api, needed, startApi } from '../api-harness.ts';

export const LIMIT = 32 * 1024 * 1024;
export const ALONE = { 'content-type': 'application/octet-stream' };
const BOUNDARY = '----certus';
export const FORM = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };

type Part = { readonly name?: string; readonly filename?: string; readonly bytes: Buffer };
export const form = (...parts: Part[]): Buffer =>
  Buffer.concat([
    ...parts.flatMap(({ name = 'file', filename, bytes }) => [
      Buffer.from(
        `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\nContent-Type: text/html\r\n\r\n`,
      ),
      bytes,
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${BOUNDARY}--\r\n`),
  ]);

/** The API over a store, and the part of the transform zone that puts uploads together. */
export async function startUploads(kind: 'directory' | 's3', endpoint?: string) {
  const api = await startApi({
    uploadMaxBytes: LIMIT,
    ...(kind === 's3' ? { store: await openObjectStore('s3://', s3(endpoint)) } : {}),
  });
  const uploads = await api.deps.objects.uploads();
  const activities = createUploadActivities({
    database: api.deps.database,
    uploads,
    now: () => new Date(),
  });
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address: needed('CERTUS_TEMPORAL_ADDRESS') });
  const worker = await Worker.create({
    connection,
    taskQueue: taskQueue('transform'),
    activities,
    workflowBundle: await bundleWorkflowCode({
      workflowsPath: resolve('workflows/receive-upload-workflow.ts'),
      logger: new DefaultLogger('WARN'),
    }),
  });
  const ended = worker.run();
  return {
    api,
    uploads,
    stop: async () => {
      worker.shutdown();
      await ended;
      await connection.close();
      await api.stop();
    },
  };
}

const s3 = (endpoint = needed('CERTUS_S3_ENDPOINT')) => ({
  endpoint,
  region: process.env.CERTUS_S3_REGION ?? 'us-east-1',
  accessKeyId: process.env.CERTUS_S3_ACCESS_KEY_ID,
  secretAccessKey: process.env.CERTUS_S3_SECRET_ACCESS_KEY,
});

export const bring = (
  api: Api,
  workspace: string,
  raw: Buffer,
  parameters: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = ALONE,
): Promise<Answer> =>
  api.ask(`/v1/uploads/raw?${new URLSearchParams({ workspace_id: workspace, ...parameters })}`, {
    method: 'POST',
    raw,
    headers,
  });
