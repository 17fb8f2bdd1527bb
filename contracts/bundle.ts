import { z } from 'zod';
import { SeverityCounts } from './finding.ts';
import { AssessmentId, ComponentId, Scope, Sha256, TestId } from './identifiers.ts';
import { Thresholds, Tool } from './manifest.ts';
import { Notice, Verdict } from './scan.ts';

/** Where things lie inside a bundle. Statements are about the bundle, so they are not part of its digest. */
export const BUNDLE = {
  index: 'bundle.json',
  scan: 'scan.json',
  manifest: 'manifest.json',
  manifestInfo: 'manifest-info.json',
  findings: 'findings.json',
  policyResult: 'policy-result.json',
  summary: 'summary.json',
  statements: 'statements/',
  provenance: 'statements/provenance.sigstore.json',
  permit: 'statements/permit.sigstore.json',
  promotion: 'statements/promotion.sigstore.json',
} as const;

/** A path that stays inside its folder on every system and shows itself on every terminal. */
export const BundlePath = z
  .string()
  .max(512)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/, 'not a path inside a bundle');

export const FileDigest = z.strictObject({ path: BundlePath, sha256: Sha256, size: z.number().int().min(0) });
export type FileDigest = z.infer<typeof FileDigest>;

export const BundleFile = FileDigest.extend({ media_type: z.string().regex(/^[\w.+-]+\/[\w.+-]+$/) });
export type BundleFile = z.infer<typeof BundleFile>;

/** bundle.json: the list of all evidence with final digests. Its own sha256 is the bundle's digest. */
export const BundleIndex = z.strictObject({
  schema: z.literal('https://certus.dev/bundle/v1'),
  tenant: Scope.shape.tenant,
  workspace_id: Scope.shape.workspace,
  component_id: ComponentId,
  assessment_id: AssessmentId,
  test_id: TestId,
  files: z.array(BundleFile).min(1).max(10_000),
});
export type BundleIndex = z.infer<typeof BundleIndex>;

export const ToolRun = z.object({
  tool: Tool,
  version: z.string(),
  outcome: z.literal('completed'),
  findings: z.number().int(),
  report: BundlePath,
});
export type ToolRun = z.infer<typeof ToolRun>;

export const PolicyResult = z.object({
  passed: z.boolean(),
  profile: z.string(),
  thresholds: Thresholds,
  counts: SeverityCounts,
  violations: z.array(z.string()),
});
export type PolicyResult = z.infer<typeof PolicyResult>;

export const ScanDocument = z.object({
  test_id: TestId,
  workspace_id: z.string(),
  component_id: z.string(),
  assessment_id: z.string(),
  source_type: z.enum(['git', 'directory']),
  /** The commit, or the content hash of a directory. */
  provenance_id: z.string(),
  git_url: z.string().nullable(),
  git_commit: z.string().nullable(),
  branch: z.string().nullable(),
  directory_path: z.string().nullable(),
  content_hash: Sha256,
  files: z.number().int(),
  bytes: z.number().int(),
  requested_by: z.string().nullable(),
  profile: z.string(),
  manifest_digest: Sha256,
  verdict: Verdict,
  tools: z.array(ToolRun),
  warnings: z.array(Notice),
  started_at: z.string(),
  completed_at: z.string(),
});
export type ScanDocument = z.infer<typeof ScanDocument>;

/** The object that makes a golden copy visible: written last, never replaced. */
export const GoldenManifest = z.strictObject({
  schema: z.literal('https://certus.dev/golden/v1'),
  tenant: Scope.shape.tenant,
  workspace_id: Scope.shape.workspace,
  component_id: ComponentId,
  test_id: TestId,
  permit_id: z.string(),
  bundle_digest: Sha256,
  /** Key prefix of the files in the golden bucket. */
  prefix: z.string(),
  files: z.array(BundleFile),
  promoted_at: z.string(),
});
export type GoldenManifest = z.infer<typeof GoldenManifest>;
