import { BUNDLE } from '../../contracts/bundle.ts';
import { type Finding, MAX_FORMER_NAMES, type SeverityCounts } from '../../contracts/finding.ts';
import { namesOf } from '../../contracts/finding-names.ts';
import type { Profile } from '../../contracts/manifest.ts';
import { rawPrefix } from '../../contracts/object-keys.ts';
import type { Notice, Verdict } from '../../contracts/scan.ts';
import type { ScanEvent } from '../../contracts/scan-event.ts';
import { sourceText } from '../../contracts/source-text.ts';
import { toolRequests } from '../../contracts/tool-choice.ts';
import { hasLooked, type ToolRun } from '../../contracts/tool-run.ts';
import type { Change, ChangeCounts, Triage } from '../../contracts/triage.ts';
import type { BundleReference, Checkout, ResolvedManifest, ScanRun } from '../../contracts/workflows.ts';
import { artifactNames } from '../../domain/bundle/artifact-names.ts';
import { readBillOfMaterials } from '../../domain/bundle/bill-of-materials.ts';
import { composeBundle } from '../../domain/bundle/compose-bundle.ts';
import { compareFindings } from '../../domain/finding/compare-findings.ts';
import { merge } from '../../domain/finding/merge/merge.ts';
import { gate } from '../../domain/policy/gate.ts';
import { resolveProfile } from '../../domain/policy/resolve-profile.ts';
import type { RuleComponent, RuleScan } from '../../domain/policy/rule-facts.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';
import { brief } from './brief.ts';
import { excludes } from './built-in/source-files.ts';
import type { ScanDeps } from './deps.ts';
import { storeBundle } from './store-bundle.ts';
import { readToolResult, type ToolFile, type ToolResult } from './tool-result.ts';

export type BundleRequest = {
  readonly input: ScanRun;
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

/** What the workflow keeps of a scan's result. It lies in history for ever, so it is short. */
export type Assessment = {
  readonly bundle: BundleReference;
  readonly verdict: Verdict;
  readonly counts: SeverityCounts;
  /** The scan that this one was compared with. */
  readonly baseline: string | null;
  readonly changes: ChangeCounts | null;
  readonly violations: readonly string[];
  readonly tools: readonly ToolRun[];
  readonly artifacts: Readonly<Record<string, string>>;
  readonly warnings: readonly Notice[];
};

export type WrittenBundle = {
  readonly assessment: Assessment;
  readonly findings: readonly Finding[];
  readonly changeOf: (finding: Finding) => Exclude<Change, 'fixed'>;
};

/**
 * Gates the findings and writes the evidence to raw, the index last. The same results give the same bytes, so a second
 * attempt writes over the first what already stands there.
 */
export async function writeBundle(
  { raw }: Pick<ScanDeps, 'raw'>,
  { input, manifest, checkout, tools: names, startedAt, completedAt }: BundleRequest,
  { baseline, triage, events }: Background,
): Promise<WrittenBundle> {
  const profile = resolveProfile(manifest.manifest, input.profile);
  const prefix = rawPrefix(input.scope, input.testId);
  const { tools, findings: found, files, notices } = await readResults(raw, input, names, profile);
  const components = await readComponents(raw, prefix, files);
  const compared =
    baseline &&
    compareFindings(baseline.findings, found, {
      completed: whoLooked(tools, found),
      leftOut: leftOut(profile, [...checkout.skipped, ...notices]),
    });
  const findings = found.map((finding) =>
    withFormerNames(finding, compared?.before.get(finding.fingerprint)),
  );
  const judgement = gate({
    findings,
    profile,
    toolRuns: tools,
    baseline: baseline && compared && { testId: baseline.testId, ...compared },
    triage: new Map(triage.map((decision) => [decision.fingerprint, decision])),
    now: completedAt,
    scan: ruleScan(input, checkout),
    components,
  });
  const warnings = [...checkout.skipped, ...notices, ...judgement.notices];
  const { documents } = composeBundle({
    ...{ input, manifest, checkout, tools, findings, judgement, components, warnings, events },
    triage,
    fixed: compared?.fixed ?? [],
    toolPaths: files.map(({ path }) => path),
    startedAt,
    completedAt,
  });
  const { digest, paths } = await storeBundle(raw, prefix, input, documents, files);
  const { policy } = judgement;
  const assessment: Assessment = {
    bundle: { prefix, digest },
    verdict: policy.passed ? 'passed' : 'failed',
    counts: policy.counts,
    baseline: policy.baseline,
    changes: policy.changes,
    artifacts: artifactNames(paths, tools),
    ...brief({ violations: policy.violations, tools, warnings }),
  };
  const changeOf = ({ fingerprint }: Finding) => {
    const change = compared?.changes.get(fingerprint);
    return change === undefined || change === 'fixed' ? 'new' : change;
  };
  return { assessment, findings, changeOf };
}

/** A finding that was moved once has its new name ever after: decisions under the old one must outlast the next scan, too. */
function withFormerNames(
  { former_fingerprints: _, ...finding }: Finding,
  before: Finding | undefined,
): Finding {
  if (before === undefined) return finding;
  const names = new Set(namesOf(finding));
  const former = namesOf(before).filter((name) => !names.has(name));
  return former.length === 0
    ? finding
    : { ...finding, former_fingerprints: former.slice(0, MAX_FORMER_NAMES) };
}

/** Reports that were brought along name tools that this run never started. */
/** What a manifest keeps a tool from, and what nobody could read, is not there to be called fixed. */
function leftOut(profile: Profile, notices: readonly Notice[]): (tool: string, path: string) => boolean {
  const unread = new Set(notices.flatMap(({ path }) => path ?? []));
  const kept = new Map<string, (path: string) => boolean>(
    toolRequests(profile).map(({ id, config }) => [id, excludes(config.exclude ?? [])]),
  );
  return (tool, path) => unread.has(path) || kept.get(tool)?.(path) === true;
}

const whoLooked = (tools: readonly ToolRun[], findings: readonly Finding[]): Set<string> =>
  new Set([...tools.filter(hasLooked).map(({ tool }) => tool), ...findings.map(({ tool }) => tool)]);

type Results = {
  readonly tools: readonly ToolRun[];
  readonly findings: readonly Finding[];
  readonly files: readonly ToolFile[];
  readonly notices: readonly Notice[];
};

/** One after the other: each is taken apart in memory, and its raw form should be gone before the next one comes. */
async function readResults(
  raw: ReadableBucket,
  { scope, testId }: ScanRun,
  names: readonly string[],
  profile: Profile,
): Promise<Results> {
  const results: ToolResult[] = [];
  for (const tool of names.toSorted()) results.push(await readToolResult(raw, scope, testId, tool));
  // a team may be allowed to know that there is personal data, and not where it is
  const stays = (path: string) => profile.bundle.includePrivacy || !path.startsWith(PRIVACY_REPORTS);
  return {
    tools: results.map(({ run }) => ({ ...run, reports: run.reports.filter(stays) })),
    findings: merge(results.map((result) => result.findings)),
    files: results.flatMap((result) => result.files.filter(({ path }) => stays(path))),
    notices: results.flatMap((result) => result.notices),
  };
}

const PRIVACY_REPORTS = `${BUNDLE.reports}privacy/`;
const MAX_BILL = 256 * 1024 * 1024;

async function readComponents(
  raw: ReadableBucket,
  prefix: string,
  files: readonly ToolFile[],
): Promise<RuleComponent[] | null> {
  if (!files.some(({ path }) => path === BUNDLE.cyclonedx)) return null;
  const bytes = await raw.read(`${prefix}${BUNDLE.cyclonedx}`, MAX_BILL);
  return readBillOfMaterials(Buffer.from(bytes).toString('utf8'));
}

const ruleScan = (
  { scope, component, assessment: name, profile, source, requestedBy }: ScanRun,
  { branch, tag, commit }: Checkout,
): RuleScan => ({
  workspace: scope.workspace,
  component,
  assessment: name,
  profile,
  source_type: source.type,
  source: sourceText(source),
  branch: branch ?? '',
  tag: tag ?? '',
  commit: commit ?? '',
  requested_by: requestedBy ?? '',
});
