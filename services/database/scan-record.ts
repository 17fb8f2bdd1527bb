import { z } from 'zod';
import { SeverityCounts } from '../../contracts/finding.ts';
import { Notice, ScanState, UploadStatus, Verdict } from '../../contracts/scan.ts';

/** Where the sources came from, as the request named it. */
export const ScanSource = z.object({
  type: z.enum(['git', 'directory']),
  gitUrl: z.string().nullable(),
  branch: z.string().nullable(),
  directoryPath: z.string().nullable(),
});
export type ScanSource = z.infer<typeof ScanSource>;

/** One run as it lies in the database; its scope is the caller's. */
export const ScanRecord = z.object({
  testId: z.string(),
  component: z.string(),
  assessment: z.string(),
  status: ScanState,
  verdict: Verdict.nullable(),
  source: ScanSource,
  requestedBy: z.string().nullable(),
  profile: z.string(),
  manifestDigest: z.string(),
  workflowId: z.string(),
  createdAt: z.date(),
  startedAt: z.date().nullable(),
  completedAt: z.date().nullable(),
  commit: z.string().nullable(),
  contentHash: z.string().nullable(),
  findings: SeverityCounts.nullable(),
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
export type ScanChanges = Partial<Omit<ScanRecord, keyof NewScan>>;
