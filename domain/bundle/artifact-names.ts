import { BUNDLE } from '../../contracts/bundle.ts';
import type { ToolRun } from '../../contracts/tool-run.ts';

const NAMES: Readonly<Record<string, string>> = {
  summary: BUNDLE.summary,
  summary_html: BUNDLE.summaryPage,
  manifest_info: BUNDLE.manifestInfo,
  manifest_json: BUNDLE.manifest,
  scan: BUNDLE.scan,
  findings: BUNDLE.findings,
  policy_result: BUNDLE.policyResult,
  sarif: BUNDLE.sarif,
  sbom_cyclonedx: BUNDLE.cyclonedx,
  sbom_spdx: BUNDLE.spdx,
  compliance: BUNDLE.compliance,
  vex: BUNDLE.vex,
  stream: BUNDLE.stream,
  log: BUNDLE.log,
};

/** What a client finds in the bundle, by the names that clients know; a tool's reports by the name of the tool. */
export function artifactNames(
  paths: ReadonlySet<string>,
  tools: readonly Pick<ToolRun, 'tool' | 'reports'>[],
): Record<string, string> {
  const known = Object.entries(NAMES).filter(([, path]) => paths.has(path));
  const reports = tools.flatMap(({ tool, reports: own }) =>
    own
      .slice(0, 5)
      .filter((path) => paths.has(path) && path.startsWith(BUNDLE.reports))
      .map((path, at) => [at === 0 ? `report_${tool}` : `report_${tool}_${at + 1}`, path]),
  );
  return Object.fromEntries([...known, ...reports, ['attestation', BUNDLE.provenance]]);
}
