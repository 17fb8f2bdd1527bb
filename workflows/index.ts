// biome-ignore-all lint/performance/noBarrelFile: a worker is given one file that names every workflow
export { ingestWorkflow } from './ingest-workflow.ts';
export { notifyWorkflow } from './notify-workflow.ts';
export { publishWorkflow } from './publish-workflow.ts';
export { scanWorkflow } from './scan-workflow.ts';
export { scheduledScanWorkflow } from './scheduled-scan-workflow.ts';
export { uploadWorkflow } from './upload-workflow.ts';
