import { CertusError } from '../../../contracts/errors.ts';
import type { Finding } from '../../../contracts/finding.ts';
import type { Notice } from '../../../contracts/scan.ts';
import type { ToolRun } from '../../../contracts/tool-run.ts';
import type { ToolFile } from '../tool-result.ts';

/** What became of a tool, before it is known as whose run. */
export type Outcome = Pick<
  ToolRun,
  'version' | 'outcome' | 'reason' | 'exit_code' | 'seconds' | 'isolation' | 'data'
> & {
  readonly findings: readonly Finding[];
  readonly files: readonly ToolFile[];
  readonly notices: readonly Notice[];
};

const NOTHING = {
  version: null,
  exit_code: null,
  seconds: 0,
  isolation: null,
  data: null,
  findings: [],
  files: [],
  notices: [],
} as const;

/** It has not looked at everything, and this is why. */
export const incomplete = (
  outcome: 'not_relevant' | 'not_available' | 'timed_out' | 'failed',
  reason: string,
  known: Partial<Outcome> = {},
): Outcome => ({ ...NOTHING, ...known, outcome, reason, findings: [] });

/** What a tool or its report is to blame for is its outcome; everything else is ours, and is tried again. */
export function blamed(error: unknown, known: Partial<Outcome> = {}): Outcome {
  if (!(error instanceof CertusError)) throw error;
  if (error.code === 'tool_not_available') return incomplete('not_available', error.message, known);
  if (error.code === 'tool_timed_out') return incomplete('timed_out', error.message, known);
  if (error.retryable) throw error;
  return incomplete('failed', error.message, known);
}
