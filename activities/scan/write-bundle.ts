import pMap from 'p-map';
import { BUNDLE } from '../../contracts/bundle.ts';
import type { SeverityCounts } from '../../contracts/finding.ts';
import { rawPrefix } from '../../contracts/object-keys.ts';
import type { Notice, Verdict } from '../../contracts/scan.ts';
import type { BundleReference, Checkout, ScanInput } from '../../contracts/workflows.ts';
import {
  artifactNames,
  type ComposedFile,
  composeBundle,
  type Report,
} from '../../domain/bundle/compose-bundle.ts';
import { toSarif } from '../../domain/finding/sarif.ts';
import { gate } from '../../domain/policy/gate.ts';
import { resolveProfile } from '../../domain/policy/resolve-profile.ts';
import type { ScanDeps } from './deps.ts';
import { Skipped } from './skipped.ts';
import { readToolResult, type ToolResult } from './tool-result.ts';

export type BundleRequest = {
  readonly input: ScanInput;
  readonly checkout: Checkout;
  readonly startedAt: string;
  readonly completedAt: string;
};

export type Assessment = {
  readonly bundle: BundleReference;
  readonly verdict: Verdict;
  readonly counts: SeverityCounts;
  readonly violations: readonly string[];
  readonly artifacts: Readonly<Record<string, string>>;
  readonly warnings: readonly Notice[];
};

/**
 * Gates the findings and writes the evidence to raw, the index last. The same results give the same bytes, so a second
 * attempt writes over the first what already stands there.
 */
export async function writeBundle(
  { raw }: Pick<ScanDeps, 'raw'>,
  { input, checkout, startedAt, completedAt }: BundleRequest,
): Promise<Assessment> {
  const profile = resolveProfile(input.manifest, input.profile);
  const results = await Promise.all(
    profile.tools.map((tool) => readToolResult(raw, input.scope, input.testId, tool)),
  );
  const policy = gate(
    results.flatMap(({ findings }) => findings),
    profile,
  );
  const reports = results.map(toReport);
  const warnings = [...checkout.skipped, ...results.flatMap(unsearched)];
  const bundle = composeBundle({
    input,
    checkout: { ...checkout, skipped: warnings },
    reports,
    policy,
    startedAt,
    completedAt,
  });
  const prefix = rawPrefix(input.scope, input.testId);
  const write = ({ path, mediaType, bytes }: ComposedFile) =>
    raw.put(`${prefix}${path}`, bytes, { contentType: mediaType });
  await pMap(bundle.files, write, { concurrency: 8 });
  await raw.put(`${prefix}${BUNDLE.index}`, bundle.indexBytes, {
    contentType: 'application/json',
    sha256: bundle.digest,
  });
  return {
    bundle: { prefix, digest: bundle.digest },
    verdict: bundle.scan.verdict,
    counts: policy.counts,
    violations: policy.violations,
    artifacts: artifactNames(reports),
    warnings,
  };
}

function toReport({ tool, version, findings }: ToolResult): Report {
  return {
    run: {
      tool,
      version,
      outcome: 'completed',
      findings: findings.length,
      report: `reports/sast/${tool}.sarif.json`,
    },
    mediaType: 'application/sarif+json',
    bytes: Buffer.from(`${JSON.stringify(toSarif({ name: tool, version }, findings), null, 2)}\n`),
    findings,
  };
}

function unsearched({ binaryFiles }: ToolResult): Notice[] {
  const skipped = new Skipped();
  for (const path of binaryFiles) skipped.add('binary', path);
  return skipped.notices();
}
