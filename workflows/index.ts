// biome-ignore-all lint/performance/noBarrelFile: a worker is given one file that names every workflow
export { announceWorkflow } from './announce-workflow.ts';
export { ingestWorkflow } from './ingest-workflow.ts';
export { keyCareWorkflow } from './key-care-workflow.ts';
export { notifyWorkflow } from './notify-workflow.ts';
export { orderWorkflow } from './order-workflow.ts';
export { permitWorkflow } from './permit-workflow.ts';
export { privacyScanWorkflow } from './privacy-scan-workflow.ts';
export { promotionWorkflow } from './promotion-workflow.ts';
export { publishWorkflow } from './publish-workflow.ts';
export { quarantineWorkflow } from './quarantine-workflow.ts';
export { receiveUploadWorkflow } from './receive-upload-workflow.ts';
export { reviewWorkflow } from './review-workflow.ts';
export { scanWorkflow } from './scan-workflow.ts';
export { scheduledScanWorkflow } from './scheduled-scan-workflow.ts';
export { signArtifactWorkflow, signWorkflow } from './sign-workflow.ts';
export { uploadSweepWorkflow } from './upload-sweep-workflow.ts';
export { uploadWorkflow } from './upload-workflow.ts';
export { witnessWorkflow } from './witness-workflow.ts';
