import { z } from 'zod';
import { SeverityCounts } from './finding.ts';
import { AssessmentId, ComponentId, TestId, WorkspaceId } from './identifiers.ts';
import { Manifest } from './manifest.ts';
import { ToolRun } from './tool-run.ts';
import { ChangeCounts } from './triage.ts';

/** Control characters in a URL or path are an attack on a log or a command line, never a name. */
const printable = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
    .regex(/^[^\u0000-\u001f\u007f]+$/, 'must not contain control characters');

export const SOURCE_TYPES = ['git', 'directory', 'archive', 's3', 'oci', 'sarif'] as const;

/** Which fields belong to which kind of source; the first of each is the one it needs. */
const SOURCE_FIELDS = {
  git: ['git_url', 'branch', 'tag', 'commit', 'submodules'],
  directory: ['directory_path'],
  archive: ['archive_path'],
  s3: ['s3_uri'],
  oci: ['oci_reference'],
} as const;

export const ScanCreateRequest = z
  .strictObject({
    workspace_id: WorkspaceId.default('default'),
    component_id: ComponentId,
    assessment_id: AssessmentId.default('default'),
    source_type: z.enum(['git', 'directory', 'archive', 's3', 'oci']).default('git'),
    git_url: printable(2048).optional(),
    branch: printable(255).optional(),
    tag: printable(255).optional(),
    commit: z
      .string()
      .regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, 'a commit is its full hexadecimal id')
      .optional(),
    submodules: z.boolean().optional().meta({ description: 'Fetch submodules too; off by default.' }),
    directory_path: printable(4096).optional(),
    archive_path: z
      .string()
      .regex(/^archives\/[0-9a-f]{64}\/[^/]{1,255}$/, 'is the archive_path that the upload answered with')
      .optional(),
    s3_uri: printable(1024)
      .regex(/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/.*)?$/, 'looks like s3://bucket/prefix')
      .optional(),
    oci_reference: printable(512).optional(),
    requested_by: printable(256).optional(),
    profile: z.string().min(1).max(64).default('light'),
    manifest: Manifest.optional(),
    manifest_path: printable(1024)
      .optional()
      .meta({ description: 'Path of the manifest inside the source.' }),
    manifest_uri: printable(2048)
      .regex(/^(file|s3|https|oci):\/\//, 'starts with file://, s3://, https:// or oci://')
      .optional(),
    manifest_signature_uri: printable(2048)
      .regex(/^(file|s3|https|oci):\/\//, 'starts with file://, s3://, https:// or oci://')
      .optional(),
    publish: z.boolean().default(true).meta({
      description: 'Go on to permit and publication; when false, until an upload request asks for it.',
    }),
  })
  .superRefine((request, context) => {
    const problem = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    const need = SOURCE_FIELDS[request.source_type][0];
    if (request[need] === undefined)
      problem(need, `${need} is required when source_type='${request.source_type}'`);
    for (const [type, fields] of Object.entries(SOURCE_FIELDS))
      for (const field of fields)
        if (type !== request.source_type && request[field] !== undefined)
          problem(field, `${field} does not belong to source_type='${request.source_type}'`);
    const revisions = [request.branch, request.tag, request.commit].filter((given) => given !== undefined);
    if (revisions.length > 1) problem('commit', 'give a branch, a tag or a commit, and not several of them');
    const manifests = [request.manifest, request.manifest_path, request.manifest_uri];
    if (manifests.filter((given) => given !== undefined).length > 1)
      problem('manifest', "give one of 'manifest', 'manifest_path' and 'manifest_uri'");
    if (request.manifest_signature_uri !== undefined && request.manifest_uri === undefined)
      problem('manifest_signature_uri', "'manifest_signature_uri' belongs to a 'manifest_uri'");
  });
export type ScanCreateRequest = z.infer<typeof ScanCreateRequest>;

export const ScanState = z.enum(['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED']);
export type ScanState = z.infer<typeof ScanState>;
export const Verdict = z.enum(['passed', 'failed']);
export type Verdict = z.infer<typeof Verdict>;
export const UploadStatus = z.enum([
  'pending',
  'permitted',
  'uploaded',
  'upload_failed',
  'denied',
  /** Was published and is no longer: a key that it rests on was revoked. */
  'quarantined',
  /** Was published; its files are gone, and its statements say by whose order. */
  'deleted',
  /** Personal data was found in it, and a person is to decide; or has decided against it. */
  'in_review',
  'rejected',
]);
export type UploadStatus = z.infer<typeof UploadStatus>;

export const ScanAccepted = z.object({
  test_id: TestId,
  workspace_id: WorkspaceId,
  component_id: ComponentId,
  assessment_id: AssessmentId,
  status: ScanState,
  profile: z.string(),
  /** Null until a manifest that is not in the request has been read. */
  manifest_digest: z.string().nullable(),
  stream_url: z.string(),
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
  source_type: z.enum(SOURCE_TYPES),
  /** What was asked for, in one line. */
  source: z.string(),
  git_url: z.string().nullable(),
  branch: z.string().nullable(),
  tag: z.string().nullable(),
  commit: z.string().nullable(),
  directory_path: z.string().nullable(),
  content_hash: z.string().nullable(),
  /** sha256 of the archive, or digest of the image. */
  origin_digest: z.string().nullable(),
  requested_by: z.string().nullable(),
  profile: z.string(),
  manifest_digest: z.string().nullable(),
  created_at: z.string(),
  started_at: z.string().nullable(),
  completed_at: z.string().nullable(),
  steps: z.array(Step),
  tools: z.array(ToolRun),
  findings: SeverityCounts.nullable(),
  /** The scan this one was compared with, and how the findings stand to it. */
  baseline_test_id: TestId.nullable(),
  changes: ChangeCounts.nullable(),
  violations: z.array(z.string()),
  /** Name of the thing → its path inside the bundle. */
  artifacts: z.record(z.string(), z.string()),
  bundle: z.string().nullable(),
  bundle_digest: z.string().nullable(),
  upload_status: UploadStatus,
  upload_permission_id: z.string().nullable(),
  denial_reason: z.string().nullable(),
  /** On what terms Trust permitted it, and what became known since. */
  permit: z
    .object({
      tier: z.enum(['basic', 'verified']),
      /** An administrator let it pass although the rules held it back. */
      bypass: z
        .object({ order_id: z.string(), by: z.string(), reason: z.string(), until: z.string() })
        .nullable(),
      /** Keys that vouched for it and were revoked. */
      revoked_keys: z.array(z.string()),
    })
    .nullable(),
  golden_manifest: z.string().nullable(),
  oci_reference: z.string().nullable(),
  indexed: z.number().int().nullable(),
  warnings: z.array(Notice),
  errors: z.array(Notice),
  stream_url: z.string(),
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
