import {
  BUNDLE,
  type BundleFile,
  type BundleIndex,
  type PolicyResult,
  type ScanDocument,
  type ToolRun,
} from '../../contracts/bundle.ts';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { findProfile } from '../../contracts/find-profile.ts';
import type { Finding } from '../../contracts/finding.ts';
import type { Manifest } from '../../contracts/manifest.ts';
import type { Checkout, ScanInput } from '../../contracts/workflows.ts';
import { sha256 } from '../custody/digest.ts';

export type Report = {
  readonly run: ToolRun;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly findings: readonly Finding[];
};

export type BundleFacts = {
  readonly input: ScanInput;
  readonly checkout: Checkout;
  readonly reports: readonly Report[];
  readonly policy: PolicyResult;
  readonly startedAt: string;
  readonly completedAt: string;
};

export type ComposedFile = { readonly path: string; readonly mediaType: string; readonly bytes: Uint8Array };
export type ComposedBundle = {
  readonly files: readonly ComposedFile[];
  readonly index: BundleIndex;
  readonly indexBytes: Uint8Array;
  readonly digest: string;
  readonly scan: ScanDocument;
};

const JSON_TYPE = 'application/json';

/** Every file of the evidence with its final bytes, and the list of them. The same facts give the same bytes. */
export function composeBundle(facts: BundleFacts): ComposedBundle {
  const { input, reports, policy } = facts;
  const scan = scanDocument(facts);
  const findings = reports.flatMap((report) => report.findings);
  const files: ComposedFile[] = [
    json(BUNDLE.scan, scan),
    json(BUNDLE.manifest, input.manifest),
    json(BUNDLE.manifestInfo, manifestInfo(input, input.manifest)),
    json(BUNDLE.findings, { schema: 'https://certus.dev/findings/v1', findings }),
    json(BUNDLE.policyResult, policy),
    json(BUNDLE.summary, {
      bundle_id: input.testId,
      generated_at: facts.completedAt,
      executed: scan.tools.map(({ tool }) => tool),
      skipped: [],
    }),
    ...reports.map(({ run, mediaType, bytes }) => ({ path: run.report, mediaType, bytes })),
  ];
  const index = bundleIndex(input, files);
  const indexBytes = Buffer.from(`${canonicalJson(index)}\n`);
  return { files, index, indexBytes, digest: sha256(indexBytes), scan };
}

/** What a client finds in the bundle, by the names that clients know. */
export function artifactNames(reports: readonly Pick<Report, 'run'>[]): Record<string, string> {
  return {
    summary: BUNDLE.summary,
    manifest_info: BUNDLE.manifestInfo,
    manifest_json: BUNDLE.manifest,
    findings: BUNDLE.findings,
    policy_result: BUNDLE.policyResult,
    attestation: BUNDLE.provenance,
    ...Object.fromEntries(reports.map(({ run }) => [`sarif_${run.tool}`, run.report])),
  };
}

const json = (path: string, content: unknown): ComposedFile => ({
  path,
  mediaType: JSON_TYPE,
  bytes: Buffer.from(`${JSON.stringify(content, null, 2)}\n`),
});

function bundleIndex(
  { scope, component, assessment, testId }: ScanInput,
  files: readonly ComposedFile[],
): BundleIndex {
  const listed: BundleFile[] = files.map(({ path, mediaType, bytes }) => ({
    path,
    sha256: sha256(bytes),
    size: bytes.length,
    media_type: mediaType,
  }));
  return {
    schema: 'https://certus.dev/bundle/v1',
    tenant: scope.tenant,
    workspace_id: scope.workspace,
    component_id: component,
    assessment_id: assessment,
    test_id: testId,
    files: listed.sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

function scanDocument({
  input,
  checkout,
  reports,
  policy,
  startedAt,
  completedAt,
}: BundleFacts): ScanDocument {
  const { source } = input;
  return {
    test_id: input.testId,
    workspace_id: input.scope.workspace,
    component_id: input.component,
    assessment_id: input.assessment,
    source_type: source.type,
    provenance_id: checkout.commit ?? checkout.contentHash,
    git_url: source.type === 'git' ? source.url : null,
    git_commit: checkout.commit,
    branch: checkout.branch,
    directory_path: source.type === 'directory' ? source.path : null,
    content_hash: checkout.contentHash,
    files: checkout.files,
    bytes: checkout.bytes,
    requested_by: input.requestedBy,
    profile: input.profile,
    manifest_digest: input.manifestDigest,
    verdict: policy.passed ? 'passed' : 'failed',
    tools: reports.map(({ run }) => run),
    warnings: checkout.skipped,
    started_at: startedAt,
    completed_at: completedAt,
  };
}

function manifestInfo({ profile, manifestDigest }: ScanInput, manifest: Manifest) {
  const resolved = findProfile(manifest, profile);
  return {
    product: manifest.product,
    version: manifest.version,
    profile_requested: profile,
    profile_resolved: resolved?.name ?? null,
    tools_selected: resolved?.tools ?? [],
    manifest_digest: manifestDigest,
    policy_thresholds: resolved?.thresholds ?? {},
  };
}
