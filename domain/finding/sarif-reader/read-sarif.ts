import type { Notice } from '../../../contracts/scan.ts';
import type { FindingDraft } from '../draft.ts';
import { cleanLine } from '../reading/clean-text.ts';
import { hideKnownForms } from '../reading/conceal.ts';
import { isObject, type JsonObject, listOf, objectOf, textOf } from '../reading/json-values.ts';
import { parseReport } from '../reading/parse-report.ts';
import { createProblems, type Problems } from '../reading/problems.ts';
import { runsWithTheirParts } from './external-properties.ts';
import { resultDraft } from './result-draft.ts';
import { createRun, type ReportTool, type Run, type RunOptions, UNKNOWN_TOOL } from './run.ts';

export type SarifOptions = RunOptions & {
  readonly maxBytes?: number;
  /** Results beyond it are not read, and that is said. */
  readonly maxResults?: number;
};

export type SarifReading = {
  readonly drafts: FindingDraft[];
  readonly problems: Notice[];
  /** False when this is no SARIF 2.1.0 at all: that there are no findings then means nothing. */
  readonly readable: boolean;
  /** One entry for each run that was read. */
  readonly tools: ReportTool[];
};

/** What is made of a result takes some ten times what it weighs in the report. */
const MAX_RESULTS = 100_000;
const MAX_BYTES = 128 * 1024 * 1024;

/** Every result of every run of a SARIF 2.1.0 log. What is wrong with a part of it costs that part, and is told. */
export function readSarif(report: string | Buffer, options: SarifOptions = {}): SarifReading {
  const problems = createProblems();
  const parsed = parseReport(report, problems, options.maxBytes ?? MAX_BYTES);
  const log = parsed === undefined ? undefined : readableLog(parsed.value, problems);
  if (log === undefined) return { drafts: [], problems: problems.list(), readable: false, tools: [] };
  const drafts: FindingDraft[] = [];
  const tools: ReportTool[] = [];
  const room = { left: options.maxResults ?? MAX_RESULTS };
  for (const [at, json] of runsWithTheirParts(log, problems).entries()) {
    if (!isObject(json)) {
      problems.add('malformed_run', 'the run is no object', `runs[${at}]`);
      continue;
    }
    const run = createRun(json, options);
    tools.push(run.tool);
    readRun(run, `runs[${at}]`, room, drafts, problems);
  }
  if (room.left < 0) problems.add('too_many_results', `${-room.left} results beyond the limit are not read`);
  return { drafts, problems: problems.list(), readable: true, tools };
}

function readableLog(value: unknown, problems: Problems): JsonObject | undefined {
  if (!isObject(value)) {
    problems.add('not_sarif', 'the report is no SARIF log');
    return undefined;
  }
  if (value.version !== '2.1.0') {
    const version =
      typeof value.version === 'string' ? `version "${cleanLine(value.version, 32)}"` : 'no version';
    problems.add('unsupported_version', `the log has ${version}; 2.1.0 is read`, 'version');
    return undefined;
  }
  if (!Array.isArray(value.runs)) {
    problems.add('no_runs', 'the log has no list of runs', 'runs');
    return undefined;
  }
  if (value.runs.length === 0) problems.add('no_runs', 'the log has no runs: no tool has looked', 'runs');
  return value;
}

function readRun(
  run: Run,
  path: string,
  room: { left: number },
  drafts: FindingDraft[],
  problems: Problems,
): void {
  if (run.tool.name === UNKNOWN_TOOL)
    problems.add('unnamed_tool', 'the run does not say which tool it is of', `${path}.tool.driver.name`);
  noteFailures(run.json, path, problems);
  const { results } = run.json;
  if (!Array.isArray(results)) {
    problems.add('run_without_results', 'the run has no results: the tool has not looked', `${path}.results`);
    return;
  }
  let absent = 0;
  for (const [at, result] of results.entries()) {
    room.left -= 1;
    if (room.left < 0) continue;
    if (objectOf(result).baselineState === 'absent') {
      absent += 1;
      continue;
    }
    const draft = isObject(result) ? resultDraft(result, run) : 'the result is no object';
    if (typeof draft === 'string') problems.add('malformed_result', draft, `${path}.results[${at}]`);
    else drafts.push(draft);
  }
  if (absent > 0)
    problems.add(
      'absent_results',
      `${absent} results are of an earlier run and no longer there`,
      `${path}.results`,
    );
}

/** A tool that says itself that it failed has not looked at everything. */
function noteFailures(run: JsonObject, path: string, problems: Problems): void {
  for (const [at, entry] of listOf(run.invocations).entries()) {
    const invocation = objectOf(entry);
    if (invocation.executionSuccessful === false)
      problems.add('execution_failed', 'the tool says that it did not succeed', `${path}.invocations[${at}]`);
    for (const list of ['toolExecutionNotifications', 'toolConfigurationNotifications'] as const) {
      for (const notification of listOf(invocation[list]).map(objectOf)) {
        const isOfOneFile = list === 'toolExecutionNotifications' && isAboutOneFile(notification);
        if (notification.level !== 'error' && !isOfOneFile) continue;
        const said = textOf(objectOf(notification.message).text) ?? 'an error without a message';
        problems.add(
          isOfOneFile ? 'not_searched' : 'tool_error',
          hideKnownForms(cleanLine(said, 500)),
          `${path}.invocations[${at}].${list}`,
        );
      }
    }
  }
}

/** Every source has files that some parser refuses; that one was left out is told, and is no failure of the tool. */
const isAboutOneFile = ({ descriptor }: JsonObject): boolean =>
  ONE_FILE.test(textOf(objectOf(descriptor).id) ?? '');

const ONE_FILE = /^(?:other )?(?:syntax|lexical) error$|^partial ?parsing$/i;
