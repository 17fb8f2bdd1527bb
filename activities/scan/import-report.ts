import { MAX_UPLOAD_BASE64 } from '../../contracts/code-scanning.ts';
import { CertusError } from '../../contracts/errors.ts';
import { rawPrefix, reportKey } from '../../contracts/object-keys.ts';
import type { ToolRun } from '../../contracts/tool-run.ts';
import type { Checkout, ScanRun, Source } from '../../contracts/workflows.ts';
import { toSarif } from '../../domain/finding/sarif.ts';
import { unfinishedReason } from '../../domain/finding/unfinished.ts';
import type { ScanDeps } from './deps.ts';
import type { ReportReader } from './reports/report-reader.ts';
import { writeToolResult } from './tool-result.ts';

type Deps = Pick<ScanDeps, 'raw' | 'uploads' | 'events'> & { readonly readReport: ReportReader };
type ReportSource = Extract<Source, { type: 'sarif' }>;

/** What was uploaded takes the place of a checkout: its commit is the uploader's word, its content our own digest. */
export async function fetchReport(
  { uploads }: Pick<ScanDeps, 'uploads'>,
  { scope }: ScanRun,
  source: ReportSource,
): Promise<Checkout> {
  const info = await uploads.head(reportKey(scope, source.sha256));
  if (info === undefined)
    throw new CertusError('report_invalid', 'the uploaded report is not there any more');
  return {
    commit: source.commit,
    branch: source.ref.startsWith('refs/heads/') ? source.ref.slice('refs/heads/'.length) : null,
    tag: source.ref.startsWith('refs/tags/') ? source.ref.slice('refs/tags/'.length) : null,
    originDigest: source.sha256,
    contentHash: source.sha256,
    files: 1,
    bytes: info.size,
    skipped: [],
  };
}

/** Reads the findings of other pipelines as those of a tool. A report that is none ends the run: it says nothing. */
export async function importReport(deps: Deps, input: ScanRun, signal: AbortSignal): Promise<ToolRun> {
  if (input.source.type !== 'sarif') throw new CertusError('internal_error', 'there is no report to import');
  const { scope, testId } = input;
  const started = performance.now();
  const tell = (type: 'tool_start' | 'tool_complete', data: object) =>
    deps.events.append(scope, testId, [
      { type, at: new Date().toISOString(), data: { tool: 'sarif', ...data } },
    ]);
  await tell('tool_start', { command: 'import' });
  const compressed = await deps.uploads.read(reportKey(scope, input.source.sha256), MAX_UPLOAD_BASE64);
  const reading = await deps.readReport(compressed, signal);
  if ('unreadable' in reading)
    throw new CertusError('report_invalid', `the report cannot be read: ${reading.unreadable}`);
  const { findings, problems, tools } = reading;
  const path = 'reports/import/sarif.sarif';
  const report = Buffer.from(JSON.stringify(toSarif(findings)));
  await deps.raw.put(`${rawPrefix(scope, testId)}${path}`, report, { contentType: 'application/sarif+json' });
  const unfinished = unfinishedReason(problems);
  const run: ToolRun = {
    tool: 'sarif',
    title:
      tools
        .map(({ name, version }) => (version === null ? name : `${name} ${version}`))
        .join(', ')
        .slice(0, 500) || 'SARIF',
    version: null,
    required: true,
    outcome: unfinished === undefined ? 'completed' : 'failed',
    reason: unfinished ?? null,
    exit_code: null,
    seconds: (performance.now() - started) / 1000,
    findings: findings.length,
    reports: [path],
    isolation: { method: 'thread', network: 'host', lacking: [] },
    data: null,
  };
  await writeToolResult(deps.raw, scope, testId, {
    run,
    findings: [...findings],
    files: [{ path, mediaType: 'application/sarif+json' }],
    notices: [...problems],
  });
  await tell('tool_complete', { outcome: run.outcome, exit_code: null, findings: findings.length });
  return run;
}
