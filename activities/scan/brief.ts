import type { Notice } from '../../contracts/scan.ts';
import type { ToolRun } from '../../contracts/tool-run.ts';
import { oneLine } from '../../domain/text/one-line.ts';

type Told = {
  readonly violations: readonly string[];
  readonly tools: readonly ToolRun[];
  readonly warnings: readonly Notice[];
};

const NAMED = 50;

/** As much of it as workflow history should hold for ever; the bundle has all. */
export const brief = ({ violations, tools, warnings }: Told): Told => ({
  violations: firstOf(
    violations.map((violation) => oneLine(violation, 300)),
    (more) => `and ${more} more in policy-result.json`,
  ),
  tools: tools.map((run) => ({
    ...run,
    reason: run.reason && oneLine(run.reason, 200),
    reports: run.reports.slice(0, 5),
  })),
  warnings: firstOf(warnings.map(briefNotice), (more) => ({
    code: 'more_notices',
    message: `and ${more} more in scan.json`,
  })),
});

const briefNotice = ({ code, message, path }: Notice): Notice => ({
  code,
  message: oneLine(message, 300),
  ...(path === undefined ? {} : { path: path.slice(0, 256).toWellFormed() }),
});

const firstOf = <T>(all: readonly T[], rest: (more: number) => T): T[] =>
  all.length <= NAMED ? [...all] : [...all.slice(0, NAMED), rest(all.length - NAMED)];
