import { CertusError } from '../../../contracts/errors.ts';
import type { Notice } from '../../../contracts/scan.ts';
import type { FindingDraft } from '../draft.ts';
import { parseReport } from '../reading/parse-report.ts';
import { createProblems, type Problems } from '../reading/problems.ts';
import { sourcePath } from '../reading/source-path.ts';
import { readSarif } from '../sarif-reader/read-sarif.ts';
import { readBandit } from './bandit.ts';
import { readCheckov } from './checkov.ts';
import { readCyclonedx } from './cyclonedx.ts';
import { readDetectSecrets } from './detect-secrets.ts';
import { readEslint } from './eslint.ts';
import { readGrype } from './grype.ts';
import type { NativeReader } from './native-reader.ts';
import { readOsvScanner } from './osv-scanner.ts';
import type { ReportFormat } from './report-format.ts';
import { readRetireJs } from './retire-js.ts';
import { readRuff } from './ruff.ts';
import { readTrivy } from './trivy.ts';
import { readZap } from './zap.ts';

export type ReportOrigin = {
  /** The tool that wrote it, by the name that findings carry. */
  readonly tool: string;
  /** Where the source lay when the tool looked at it, absolute. */
  readonly root?: string;
};

export type ReportReading = {
  readonly drafts: FindingDraft[];
  readonly problems: Notice[];
  readonly toolVersion: string | null;
};

/**
 * What a tool has written, as drafts. Output of which nothing can be believed is a `report_invalid` error: taken for "no
 * findings" it would pass every gate.
 */
export function readReport(format: ReportFormat, report: Buffer, origin: ReportOrigin): ReportReading {
  if (format === 'sarif') return sarifReport(report, origin);
  const problems = createProblems();
  const parsed = parseReport(report, problems);
  if (parsed === undefined) throw invalid(origin.tool, problems);
  const path = (given: string) => sourcePath(given, origin.root);
  const reading = READERS[format](parsed.value, { tool: origin.tool, path, problems });
  return { ...reading, problems: problems.list() };
}

const READERS: Readonly<Record<Exclude<ReportFormat, 'sarif'>, NativeReader>> = {
  bandit: readBandit,
  checkov: readCheckov,
  cyclonedx: readCyclonedx,
  'detect-secrets': readDetectSecrets,
  eslint: readEslint,
  grype: readGrype,
  'osv-scanner': readOsvScanner,
  'retire-js': readRetireJs,
  ruff: readRuff,
  trivy: readTrivy,
  zap: readZap,
};

function sarifReport(report: Buffer, origin: ReportOrigin): ReportReading {
  const { drafts, problems, readable, tools } = readSarif(report, origin);
  if (!readable || tools.length === 0)
    throw new CertusError(
      'report_invalid',
      `${origin.tool}: ${problems[0]?.message ?? 'the log has no runs'}`,
    );
  return { drafts, problems, toolVersion: tools[0]?.version ?? null };
}

const invalid = (tool: string, problems: Problems): CertusError =>
  new CertusError('report_invalid', `${tool}: ${problems.list()[0]?.message ?? 'the report cannot be read'}`);
