import type { Notice } from '../../contracts/scan.ts';

/** Of a tool that says itself that it did not look, or whose results are lost, "no findings" means nothing. */
const UNFINISHED: ReadonlySet<string> = new Set([
  'run_without_results',
  'no_runs',
  'execution_failed',
  'tool_error',
  'too_many_results',
  'external_properties',
  'malformed_run',
  'malformed_result',
]);

/** Why a report does not tell everything, by what was met in reading it. Single files that nobody could parse are no reason. */
export function unfinishedReason(problems: readonly Notice[]): string | undefined {
  const unfinished = problems.find(({ code }) => UNFINISHED.has(code));
  return unfinished === undefined ? undefined : `${unfinished.code}: ${unfinished.message}`.slice(0, 1000);
}
