import type { ScanDocument } from '../../contracts/bundle.ts';
import type { Notice } from '../../contracts/scan.ts';
import { sourceText } from '../../contracts/source-text.ts';
import type { ToolRun } from '../../contracts/tool-run.ts';
import type { Checkout, ResolvedManifest, ScanRun } from '../../contracts/workflows.ts';

export type ScanFacts = {
  readonly input: ScanRun;
  readonly manifest: ResolvedManifest;
  readonly checkout: Checkout;
  readonly tools: readonly ToolRun[];
  readonly warnings: readonly Notice[];
  readonly passed: boolean;
  readonly startedAt: string;
  readonly completedAt: string;
};

/** scan.json: what was scanned, by what, for whom, and how it ended. */
export function scanDocument(facts: ScanFacts): ScanDocument {
  const { input, manifest, checkout } = facts;
  const { source } = input;
  return {
    test_id: input.testId,
    workspace_id: input.scope.workspace,
    component_id: input.component,
    assessment_id: input.assessment,
    source_type: source.type,
    provenance_id: checkout.commit ?? checkout.contentHash,
    source: sourceText(source),
    git_url: source.type === 'git' ? source.url : null,
    git_commit: checkout.commit,
    branch: checkout.branch,
    tag: checkout.tag,
    directory_path: source.type === 'directory' ? source.path : null,
    origin_digest: checkout.originDigest,
    content_hash: checkout.contentHash,
    files: checkout.files,
    bytes: checkout.bytes,
    requested_by: input.requestedBy,
    profile: input.profile,
    manifest_digest: manifest.digest,
    manifest_signed_by: manifest.signedBy,
    verdict: facts.passed ? 'passed' : 'failed',
    tools: [...facts.tools],
    warnings: [...facts.warnings],
    started_at: facts.startedAt,
    completed_at: facts.completedAt,
  };
}
