import { z } from 'zod';
import { SeverityCounts } from './finding.ts';
import { AssessmentId, ComponentId, TestId, WorkspaceId } from './identifiers.ts';
import { Manifest } from './manifest.ts';

/** Control characters in a URL or path are an attack on a log or a command line, never a name. */
const printable = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
    .regex(/^[^\u0000-\u001f\u007f]+$/, 'must not contain control characters');

export const ScanCreateRequest = z
  .strictObject({
    workspace_id: WorkspaceId.default('default'),
    component_id: ComponentId,
    assessment_id: AssessmentId.default('default'),
    source_type: z.enum(['git', 'directory']).default('git'),
    git_url: printable(2048).optional(),
    branch: printable(255).optional(),
    commit: z
      .string()
      .regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, 'a commit is its full hexadecimal id')
      .optional(),
    directory_path: printable(4096).optional(),
    requested_by: printable(256).optional(),
    profile: z.string().min(1).max(64).default('light'),
    manifest: Manifest.optional(),
  })
  .superRefine((request, context) => {
    const need = request.source_type === 'git' ? 'git_url' : 'directory_path';
    const useless = request.source_type === 'git' ? 'directory_path' : 'git_url';
    if (request[need] === undefined) {
      context.addIssue({
        code: 'custom',
        path: [need],
        message: `${need} is required when source_type='${request.source_type}'`,
      });
    }
    if (request[useless] !== undefined) {
      context.addIssue({
        code: 'custom',
        path: [useless],
        message: `${useless} does not belong to source_type='${request.source_type}'`,
      });
    }
    if (request.branch !== undefined && request.commit !== undefined) {
      context.addIssue({ code: 'custom', path: ['commit'], message: 'give a branch or a commit, not both' });
    }
  });
export type ScanCreateRequest = z.infer<typeof ScanCreateRequest>;

export const ScanState = z.enum(['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED']);
export type ScanState = z.infer<typeof ScanState>;
export const Verdict = z.enum(['passed', 'failed']);
export type Verdict = z.infer<typeof Verdict>;
export const UploadStatus = z.enum(['pending', 'permitted', 'uploaded', 'upload_failed', 'denied']);
export type UploadStatus = z.infer<typeof UploadStatus>;

export const ScanAccepted = z.object({
  test_id: TestId,
  workspace_id: WorkspaceId,
  component_id: ComponentId,
  assessment_id: AssessmentId,
  status: ScanState,
  profile: z.string(),
  manifest_digest: z.string(),
  workflow_id: z.string(),
});
export type ScanAccepted = z.infer<typeof ScanAccepted>;

/** Where a run stands, step by step; read from the running workflow. */
export const StepState = z.enum(['waiting', 'running', 'done', 'failed', 'skipped']);
export const Step = z.object({ name: z.string(), state: StepState });
export type Step = z.infer<typeof Step>;

export const Notice = z.object({ code: z.string(), message: z.string(), path: z.string().optional() });
export type Notice = z.infer<typeof Notice>;

/** The same keys in every state; what is not known yet is null. */
export const ScanStatus = z.object({
  test_id: TestId,
  workspace_id: WorkspaceId,
  component_id: ComponentId,
  assessment_id: AssessmentId,
  status: ScanState,
  verdict: Verdict.nullable(),
  source_type: z.enum(['git', 'directory']),
  git_url: z.string().nullable(),
  branch: z.string().nullable(),
  commit: z.string().nullable(),
  directory_path: z.string().nullable(),
  content_hash: z.string().nullable(),
  requested_by: z.string().nullable(),
  profile: z.string(),
  manifest_digest: z.string(),
  created_at: z.string(),
  started_at: z.string().nullable(),
  completed_at: z.string().nullable(),
  steps: z.array(Step),
  findings: SeverityCounts.nullable(),
  violations: z.array(z.string()),
  /** Name of the thing → its path inside the bundle. */
  artifacts: z.record(z.string(), z.string()),
  bundle: z.string().nullable(),
  bundle_digest: z.string().nullable(),
  upload_status: UploadStatus,
  upload_permission_id: z.string().nullable(),
  denial_reason: z.string().nullable(),
  golden_manifest: z.string().nullable(),
  oci_reference: z.string().nullable(),
  indexed: z.number().int().nullable(),
  warnings: z.array(Notice),
  errors: z.array(Notice),
  workflow_id: z.string(),
});
export type ScanStatus = z.infer<typeof ScanStatus>;

export const ScanListParameters = z.strictObject({
  workspace_id: WorkspaceId.default('default'),
  component_id: ComponentId.optional(),
  status: ScanState.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(256).optional(),
});
export type ScanListParameters = z.infer<typeof ScanListParameters>;

export const ScanList = z.object({ scans: z.array(ScanStatus), next_cursor: z.string().nullable() });
export type ScanList = z.infer<typeof ScanList>;
