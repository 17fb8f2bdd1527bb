import { BUNDLE, type ScanDocument } from '../../contracts/bundle.ts';
import type { ComplianceDocument } from '../../contracts/compliance.ts';
import { findProfile } from '../../contracts/find-profile.ts';
import type { Finding } from '../../contracts/finding.ts';
import type { Notice } from '../../contracts/scan.ts';
import type { ScanEvent } from '../../contracts/scan-event.ts';
import { toolRequests } from '../../contracts/tool-choice.ts';
import type { ToolRun } from '../../contracts/tool-run.ts';
import type { Triage } from '../../contracts/triage.ts';
import type { Checkout, ResolvedManifest, ScanRun } from '../../contracts/workflows.ts';
import { toSarif } from '../finding/sarif.ts';
import { publishableManifest } from '../manifest/publishable-manifest.ts';
import { complianceOutcome } from '../policy/compliance.ts';
import type { Judgement } from '../policy/gate.ts';
import type { RuleComponent } from '../policy/rule-facts.ts';
import { toOpenVex } from '../vex/openvex.ts';
import { jsonChunks } from './json-chunks.ts';
import { logLines, streamLines } from './run-log.ts';
import { scanDocument } from './scan-document.ts';
import { summaryPage } from './summary-page.ts';

export type BundleFacts = {
  readonly input: ScanRun;
  readonly manifest: ResolvedManifest;
  readonly checkout: Checkout;
  readonly tools: readonly ToolRun[];
  readonly findings: readonly Finding[];
  readonly judgement: Judgement;
  readonly components: readonly RuleComponent[] | null;
  readonly warnings: readonly Notice[];
  readonly events: readonly ScanEvent[];
  readonly triage: readonly Triage[];
  /** What the scan before this one still found. */
  readonly fixed: readonly Finding[];
  /** What the tools left in the bundle themselves. */
  readonly toolPaths: readonly string[];
  readonly startedAt: string;
  readonly completedAt: string;
};

/** A file of the bundle whose bytes are made when they are written, piece by piece: some are larger than memory is. */
export type BundleDocument = {
  readonly path: string;
  readonly mediaType: string;
  readonly chunks: () => Iterable<string>;
};

export type ComposedBundle = { readonly scan: ScanDocument; readonly documents: readonly BundleDocument[] };

/** Everything in the evidence but what the tools left there themselves. The same facts give the same bytes. */
export function composeBundle(facts: BundleFacts): ComposedBundle {
  const { manifest, findings, events, judgement, components } = facts;
  const { policy } = judgement;
  const scan = scanDocument({ ...facts, passed: policy.passed });
  const written = [
    json(BUNDLE.scan, scan),
    json(BUNDLE.manifest, publishableManifest(manifest.manifest)),
    json(BUNDLE.manifestInfo, manifestInfo(facts)),
    json(BUNDLE.policyResult, policy),
    json(BUNDLE.summary, summary(facts, scan)),
    lines(BUNDLE.findings, JSON_TYPE, () =>
      jsonChunks({ schema: 'https://certus.dev/findings/v1', findings }, 2),
    ),
    lines(BUNDLE.sarif, 'application/sarif+json', () => jsonChunks(toSarif(findings, facts.tools))),
    lines(BUNDLE.stream, 'application/x-ndjson', () => streamLines(events)),
    lines(BUNDLE.log, 'text/plain', () => logLines(events)),
    ...decisions(facts, scan),
  ];
  const compliance = complianceOf(facts, written);
  const page = { manifest: manifest.manifest, scan, judgement, components, compliance };
  const documents = [
    ...written,
    ...(compliance === null ? [] : [json(BUNDLE.compliance, compliance)]),
    lines(BUNDLE.summaryPage, 'text/html', () => [summaryPage(page)]),
  ];
  return { scan, documents };
}

const JSON_TYPE = 'application/json';

const lines = (path: string, mediaType: string, chunks: () => Iterable<string>): BundleDocument => ({
  path,
  mediaType,
  chunks,
});

const json = (path: string, content: unknown): BundleDocument =>
  lines(path, JSON_TYPE, () => [`${JSON.stringify(content, null, 2)}\n`]);

function decisions({ triage, findings, fixed, input }: BundleFacts, scan: ScanDocument): BundleDocument[] {
  if (triage.every(({ state }) => state === 'open')) return [];
  const present = new Set(
    findings.flatMap(({ fingerprint, sources }) => [
      fingerprint,
      ...sources.map((source) => source.fingerprint),
    ]),
  );
  const vex = toOpenVex(triage, [...findings, ...fixed], {
    id: `urn:certus:${input.scope.tenant}:${input.scope.workspace}:${scan.test_id}:vex`,
    author: `Certus, workspace ${input.scope.workspace}`,
    timestamp: scan.completed_at,
    product: `pkg:generic/${encodeURIComponent(input.component)}@${scan.provenance_id}`,
    present,
  });
  return [lines(BUNDLE.vex, JSON_TYPE, () => jsonChunks(vex))];
}

function complianceOf(
  { input, manifest: { manifest }, judgement, tools, toolPaths, completedAt }: BundleFacts,
  written: readonly BundleDocument[],
): ComplianceDocument | null {
  if (manifest.compliance.length === 0) return null;
  return complianceOutcome(manifest.compliance, {
    testId: input.testId,
    profile: judgement.policy.profile,
    gatePassed: judgement.policy.passed,
    findings: judgement.inForce,
    toolRuns: tools,
    paths: new Set([...written.map(({ path }) => path), BUNDLE.summaryPage, ...toolPaths]),
    generatedAt: completedAt,
  });
}

function manifestInfo({ input, manifest: { manifest, digest, signedBy } }: BundleFacts) {
  const resolved = findProfile(manifest, input.profile);
  return {
    product: manifest.product,
    version: manifest.version,
    profile_requested: input.profile,
    profile_resolved: resolved?.name ?? null,
    tools_selected: resolved === undefined ? [] : toolRequests(resolved).map(({ id }) => id),
    manifest_digest: digest,
    manifest_signed_by: signedBy,
    /** Always empty: a manifest that asks for a tool nobody knows is refused. */
    unsupported_manifest_tools: [],
    policy_thresholds: resolved?.thresholds ?? {},
    requires_stack: resolved?.requiresStack ?? false,
  };
}

function summary(
  { input, judgement: { policy }, tools, completedAt }: BundleFacts,
  { verdict }: ScanDocument,
) {
  const executed = tools.filter(({ outcome }) => outcome === 'completed');
  const skipped = tools.filter(({ outcome }) => outcome !== 'completed');
  return {
    generated_at: completedAt,
    bundle_id: input.testId,
    verdict,
    counts: policy.counts,
    executed: executed.map(({ tool }) => tool),
    skipped: skipped.map(({ tool, outcome, reason }) => ({ tool, outcome, reason })),
  };
}
