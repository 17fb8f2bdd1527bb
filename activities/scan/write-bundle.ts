import type { Finding, SeverityCounts } from '../../contracts/finding.ts';
import { rawPrefix } from '../../contracts/object-keys.ts';
import type { Notice, Verdict } from '../../contracts/scan.ts';
import type { ScanEvent } from '../../contracts/scan-event.ts';
import type { ToolRun } from '../../contracts/tool-run.ts';
import type { ChangeCounts, Triage } from '../../contracts/triage.ts';
import type { BundleReference, Checkout, ResolvedManifest, ScanInput } from '../../contracts/workflows.ts';
import { artifactNames } from '../../domain/bundle/artifact-names.ts';
import { composeBundle } from '../../domain/bundle/compose-bundle.ts';
import { gate } from '../../domain/policy/gate.ts';
import { resolveProfile } from '../../domain/policy/resolve-profile.ts';
import type { ScanDeps } from './deps.ts';
import { storeBundle } from './store-bundle.ts';
import { readToolResult, type ToolResult } from './tool-result.ts';

export type BundleRequest = {
  readonly input: ScanInput;
  readonly manifest: ResolvedManifest;
  readonly checkout: Checkout;
  /** Names of the results to compose. */
  readonly tools: readonly string[];
  readonly startedAt: string;
  readonly completedAt: string;
};

/** What is known of the component from before, and of the run besides its results. */
export type Background = {
  readonly baseline: { readonly testId: string; readonly findings: readonly Finding[] } | null;
  readonly triage: readonly Triage[];
  readonly events: readonly ScanEvent[];
};

/** What the workflow keeps of it; it lies in history for ever, so it stays small. */
export type Assessment = {
  readonly bundle: BundleReference;
  readonly verdict: Verdict;
  readonly counts: SeverityCounts;
  readonly baseline: string | null;
  readonly changes: ChangeCounts | null;
  readonly violations: readonly string[];
  readonly tools: readonly ToolRun[];
  readonly artifacts: Readonly<Record<string, string>>;
  readonly warnings: readonly Notice[];
};

/**
 * Gates the findings and writes the evidence to raw, the index last. The same results give the same bytes, so a second
 * attempt writes over the first what already stands there.
 */
export async function writeBundle(
  { raw }: Pick<ScanDeps, 'raw'>,
  { input, manifest, checkout, tools, startedAt, completedAt }: BundleRequest,
  { triage, events }: Background,
): Promise<Assessment> {
  const profile = resolveProfile(manifest.manifest, input.profile);
  const results: ToolResult[] = [];
  // one after the other: each is taken apart in memory before its raw form can go
  for (const tool of tools.toSorted())
    results.push(await readToolResult(raw, input.scope, input.testId, tool));
  const runs = results.map(({ run }) => run);
  const findings = results.flatMap((result) => result.findings);
  const { policy, notices } = gate({
    findings,
    profile,
    toolRuns: runs,
    baseline: null,
    triage: new Map(triage.map((decision) => [decision.fingerprint, decision])),
    now: completedAt,
  });
  const warnings = [...checkout.skipped, ...results.flatMap((result) => result.notices), ...notices];
  const facts = { input, manifest, checkout, tools: runs, findings, policy, warnings, events };
  const { documents, scan } = composeBundle({ ...facts, startedAt, completedAt });
  const files = results.flatMap((result) => result.files);
  const prefix = rawPrefix(input.scope, input.testId);
  const { digest, paths } = await storeBundle(raw, prefix, input, documents, files);
  return {
    bundle: { prefix, digest },
    verdict: scan.verdict,
    counts: policy.counts,
    baseline: policy.baseline,
    changes: policy.changes,
    violations: policy.violations,
    tools: runs,
    artifacts: artifactNames(paths, runs),
    warnings,
  };
}
