import type { ToolRun } from '../../../contracts/tool-run.ts';

/** A run of a tool that went well, but for what a test says of it. */
export const toolRun = (tool: ToolRun['tool'], changes: Partial<ToolRun> = {}): ToolRun => ({
  tool,
  title: tool,
  version: '1',
  required: false,
  outcome: 'completed',
  reason: null,
  exit_code: 0,
  seconds: 0.5,
  findings: 0,
  reports: [`reports/sast/${tool}.sarif.json`],
  isolation: null,
  data: null,
  ...changes,
});
