import type { RunIdentity } from './workflows.ts';

// Workflow code imports this file: it must stay free of everything that a workflow's sandbox need not load.

/** Workflow type names as Temporal knows them. */
export const WORKFLOWS = {
  scan: 'scanWorkflow',
  publish: 'publishWorkflow',
  ingest: 'ingestWorkflow',
  ingestSource: 'ingestSourceWorkflow',
  goldenIngestion: 'goldenIngestionWorkflow',
  scheduledIngestion: 'scheduledIngestionWorkflow',
  upload: 'uploadWorkflow',
  scheduledScan: 'scheduledScanWorkflow',
  notify: 'notifyWorkflow',
  order: 'orderWorkflow',
  permit: 'permitWorkflow',
  sign: 'signWorkflow',
  signArtifact: 'signArtifactWorkflow',
  quarantine: 'quarantineWorkflow',
  keyCare: 'keyCareWorkflow',
  witness: 'witnessWorkflow',
  receiveUpload: 'receiveUploadWorkflow',
  uploadSweep: 'uploadSweepWorkflow',
  privacyScan: 'privacyScanWorkflow',
  review: 'reviewWorkflow',
  promotion: 'promotionWorkflow',
  announce: 'announceWorkflow',
  goldenAudit: 'goldenAuditWorkflow',
  retention: 'retentionWorkflow',
  deleteEvidence: 'deleteEvidenceWorkflow',
  reindex: 'reindexWorkflow',
} as const;

/** Answers `Step[]`: where the run stands. */
export const PROGRESS_QUERY = 'progress';

/** The update by which a person's decision reaches a review, and the query for where it stands. */
export const DECIDE_UPDATE = 'decide';
export const REVIEW_QUERY = 'review';

export const reviewWorkflowId = (workspace: string, reviewId: string): string =>
  `review/${workspace}/${reviewId}`;
export const promotionWorkflowId = (workspace: string, testId: string): string =>
  `promotion/${workspace}/${testId}`;

export const goldenAuditWorkflowId = (auditId: string): string => `golden-audit/${auditId}`;

/** Holds an ingestion between two pages, has it go on, and asks how far it is. */
export const PAUSE_SIGNAL = 'pause';
export const RESUME_SIGNAL = 'resume';
export const INGESTION_QUERY = 'ingestion';
export const ingestionWorkflowId = (workspace: string, ingestionId: string): string =>
  `ingestion/${workspace}/${ingestionId}`;

/** How far a deletion is. */
export const DELETION_QUERY = 'deletion';
/** One for each copy: whoever asks again finds the one that goes on. */
export const deletionWorkflowId = ({ tenant, workspace }: RunIdentity['scope'], testId: string): string =>
  `delete-evidence/${tenant}/${workspace}/${testId}`;

/** There is one index: whoever asks while it is reindexed is told of what goes on. */
export const REINDEX_WORKFLOW_ID = 'reindex';

/** Ids that mean something to a person reading Temporal's Web UI. */
export const workflowId = (
  kind: 'scan' | 'publish' | 'ingest' | 'upload' | 'notify' | 'quarantine',
  run: Pick<RunIdentity, 'scope' | 'component' | 'testId'>,
): string => `${kind}/${run.scope.workspace}/${run.component}/${run.testId}`;
