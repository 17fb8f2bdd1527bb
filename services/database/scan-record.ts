import { z } from 'zod';
import { SeverityCounts } from '../../contracts/finding.ts';
import { Notice, ScanState, UploadStatus, Verdict } from '../../contracts/scan.ts';
import { ToolRun } from '../../contracts/tool-run.ts';
import { ChangeCounts } from '../../contracts/triage.ts';
import { ScanInput, Source } from '../../contracts/workflows.ts';

/** One run as it lies in the database; its scope is the caller's. */
export const ScanRecord = z.object({
  testId: z.string(),
  component: z.string(),
  assessment: z.string(),
  status: ScanState,
  verdict: Verdict.nullable(),
  source: Source,
  requestedBy: z.string().nullable(),
  profile: z.string(),
  /** Null until a manifest that is not in the request has been read. */
  manifestDigest: z.string().nullable(),
  /** Everything that was asked for, so that it can be asked for again. */
  request: ScanInput.nullable(),
  workflowId: z.string(),
  createdAt: z.date(),
  startedAt: z.date().nullable(),
  completedAt: z.date().nullable(),
  commit: z.string().nullable(),
  contentHash: z.string().nullable(),
  originDigest: z.string().nullable(),
  tools: z.array(ToolRun),
  findings: SeverityCounts.nullable(),
  baseline: z.string().nullable(),
  changes: ChangeCounts.nullable(),
  violations: z.array(z.string()),
  artifacts: z.record(z.string(), z.string()),
  bundle: z.string().nullable(),
  bundleDigest: z.string().nullable(),
  uploadStatus: UploadStatus,
  permitId: z.string().nullable(),
  denialReason: z.string().nullable(),
  goldenManifest: z.string().nullable(),
  ociReference: z.string().nullable(),
  indexed: z.number().int().nullable(),
  warnings: z.array(Notice),
  errors: z.array(Notice),
});
export type ScanRecord = z.infer<typeof ScanRecord>;

/** What is known before a run has begun. */
export type NewScan = Pick<
  ScanRecord,
  | 'request'
  | 'testId'
  | 'component'
  | 'assessment'
  | 'source'
  | 'requestedBy'
  | 'profile'
  | 'manifestDigest'
  | 'workflowId'
  | 'createdAt'
>;

/** What a run may learn; who it is and where it came from never changes. */
export type ScanChanges = Partial<Omit<ScanRecord, Exclude<keyof NewScan, 'manifestDigest'>>>;
