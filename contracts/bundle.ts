import { z } from 'zod';
import { Bypass } from './denial.ts';
import { DOCUMENTS, DocumentName, MAX_DOCUMENTS } from './documents.ts';
import { SeverityCounts } from './finding.ts';
import { AssessmentId, ComponentId, Scope, Sha256, TestId } from './identifiers.ts';
import { Thresholds } from './manifest.ts';
import { Notice, SOURCE_TYPES, Verdict } from './scan.ts';
import { ToolRun } from './tool-run.ts';
import { ChangeCounts } from './triage.ts';

/** Where things lie inside a bundle. Statements are about the bundle, so they are not part of its digest. */
export const BUNDLE = {
  index: 'bundle.json',
  scan: 'scan.json',
  manifest: 'manifest.json',
  manifestInfo: 'manifest-info.json',
  findings: 'findings.json',
  policyResult: 'policy-result.json',
  summary: 'summary.json',
  /** For a person: the verdict, the counts, the worst findings, what did not run. */
  summaryPage: 'summary.html',
  /** Every finding of every tool in one log that any SARIF viewer reads. */
  sarif: 'findings.sarif',
  compliance: 'compliance.json',
  /** Decisions of people that this result rests on, as OpenVEX. */
  vex: 'vex.openvex.json',
  stream: 'stream.jsonl',
  log: 'logs/runner.log',
  reports: 'reports/',
  cyclonedx: 'sbom/bom.cdx.json',
  spdx: 'sbom/bom.spdx.json',
  statements: 'statements/',
  provenance: 'statements/provenance.sigstore.json',
  permit: 'statements/permit.sigstore.json',
  /** That the permit stands in the transparency log (C2SP tlog-proof). */
  permitProof: 'statements/permit.tlog-proof',
  /** What was looked for in the files before they were published, and what became of them. */
  sanitize: 'statements/sanitize.sigstore.json',
  promotion: 'statements/promotion.sigstore.json',
  /** Of a copy whose files were deleted: which, when and by whose order. */
  tombstone: 'statements/tombstone.sigstore.json',
  /** Beside documents: who brought them. */
  intake: 'intake.json',
} as const;

/** A path that stays inside its folder on every system and shows itself on every terminal. */
export const BundlePath = z
  .string()
  .max(512)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/, 'not a path inside a bundle')
  .or(
    z
      .string()
      .startsWith(DOCUMENTS)
      .refine((path) => DocumentName.safeParse(path.slice(DOCUMENTS.length)).success, 'not a document'),
  );

export const FileDigest = z.strictObject({ path: BundlePath, sha256: Sha256, size: z.number().int().min(0) });
export type FileDigest = z.infer<typeof FileDigest>;

export const BundleFile = FileDigest.extend({ media_type: z.string().regex(/^[\w.+-]+\/[\w.+-]+$/) });
export type BundleFile = z.infer<typeof BundleFile>;

/** Documents, and what says whose they are. */
export const MAX_FILES = MAX_DOCUMENTS + 10;

/** bundle.json: the list of all evidence with final digests. Its own sha256 is the bundle's digest. */
export const BundleIndex = z.strictObject({
  schema: z.literal('https://certus.dev/bundle/v1'),
  tenant: Scope.shape.tenant,
  workspace_id: Scope.shape.workspace,
  component_id: ComponentId,
  assessment_id: AssessmentId,
  test_id: TestId,
  files: z.array(BundleFile).min(1).max(MAX_FILES),
});
export type BundleIndex = z.infer<typeof BundleIndex>;

/** A rule of the manifest and what became of it. One that could not be evaluated has not passed. */
export const RuleResult = z.object({
  name: z.string(),
  passed: z.boolean(),
  message: z.string().nullable(),
});
export type RuleResult = z.infer<typeof RuleResult>;

export const PolicyResult = z.object({
  passed: z.boolean(),
  profile: z.string(),
  gate_on: z.enum(['all', 'new']),
  suppressions: z.enum(['count', 'set_aside']),
  thresholds: Thresholds,
  /** Every finding there is. */
  counts: SeverityCounts,
  /** Those that were held against the thresholds. */
  counted: SeverityCounts,
  /** How many were not, and why. */
  set_aside: z.object({
    false_positive: z.number().int(),
    accepted: z.number().int(),
    suppressed: z.number().int(),
    not_new: z.number().int(),
  }),
  /** The scan that "new" was told by; null when there was none, and everything is new. */
  baseline: TestId.nullable(),
  changes: ChangeCounts.nullable(),
  rules: z.array(RuleResult),
  violations: z.array(z.string()),
});
export type PolicyResult = z.infer<typeof PolicyResult>;

export const ScanDocument = z.object({
  test_id: TestId,
  workspace_id: z.string(),
  component_id: z.string(),
  assessment_id: z.string(),
  source_type: z.enum(SOURCE_TYPES),
  /** The commit, or the content hash of what has none. */
  provenance_id: z.string(),
  /** What was asked for, in the words of the request. */
  source: z.string(),
  git_url: z.string().nullable(),
  git_commit: z.string().nullable(),
  branch: z.string().nullable(),
  tag: z.string().nullable(),
  directory_path: z.string().nullable(),
  origin_digest: z.string().nullable(),
  content_hash: Sha256,
  files: z.number().int(),
  bytes: z.number().int(),
  requested_by: z.string().nullable(),
  profile: z.string(),
  manifest_digest: Sha256,
  manifest_signed_by: z.string().nullable(),
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
  /** Present when an administrator let it pass: whoever finds the copy sees that. */
  bypass: Bypass.omit({ instead_of: true }).optional(),
});
export type GoldenManifest = z.infer<typeof GoldenManifest>;
