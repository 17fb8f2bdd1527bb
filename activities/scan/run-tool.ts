import type { Notice } from '../../contracts/scan.ts';
import type { ToolOrder } from '../../contracts/tool-choice.ts';
import type { ToolRun } from '../../contracts/tool-run.ts';
import { BUILT_IN_TOOLS, type BuiltInTool, type ExternalTool, type Tool } from '../../contracts/tools.ts';
import type { Checkout, ScanRun } from '../../contracts/workflows.ts';
import { BUILT_IN } from '../../domain/tools/built-in.ts';
import { EXTERNAL } from '../../domain/tools/external.ts';
import type { Bucket } from '../../services/objects/store.ts';
import { ensureCheckout } from './checkout.ts';
import type { EventSink } from './event-sink.ts';
import { givingUpOnRemotes } from './give-up.ts';
import { writeToolResult } from './tool-result.ts';
import { incomplete, type Outcome } from './tools/outcome.ts';
import { runBuiltIn } from './tools/run-built-in.ts';
import { runExternal } from './tools/run-external.ts';
import { timeLimit } from './tools/time-limit.ts';
import type { ToolJob } from './tools/tool-job.ts';
import { ToolLog } from './tools/tool-log.ts';
import type { ToolMeans } from './tools/tool-means.ts';

export type RunToolDeps = Parameters<typeof ensureCheckout>[0] & {
  readonly raw: Bucket;
  readonly events: EventSink;
  readonly tools: ToolMeans;
};

/**
 * Runs one tool over the source and keeps what it found. However the tool ends, that is a result; only what is our own
 * fault, such as a store that is away, is an error and is tried again.
 */
export async function runTool(
  deps: RunToolDeps,
  input: ScanRun,
  checkout: Checkout,
  order: ToolOrder,
  signal: AbortSignal,
): Promise<ToolRun> {
  const { tree } = await givingUpOnRemotes(() => ensureCheckout(deps, input, checkout, signal));
  return runToolOn(tree, deps, input, order, signal);
}

/** The same over a source that lies there already. */
export async function runToolOn(
  tree: string,
  deps: Pick<RunToolDeps, 'raw' | 'events' | 'tools' | 'workFolder'>,
  input: ScanRun,
  order: ToolOrder,
  signal: AbortSignal,
): Promise<ToolRun> {
  const { id, required } = order;
  const log = new ToolLog(deps.events, input, id);
  const { title, limits } = isBuiltIn(id) ? BUILT_IN[id] : EXTERNAL[id];
  const job: Omit<ToolJob, 'limit'> = {
    means: deps.tools,
    raw: deps.raw,
    workFolder: deps.workFolder,
    ...{ input, order, tree, log, signal },
    requestedAt: input.requestedAt,
  };
  // only the work itself takes one of the places: while its result is being kept, the next tool can begin
  const outcome = await deps.tools.slots.during(signal, () =>
    outcomeOf({
      ...job,
      limit: timeLimit(limits.seconds, order.config.timeout, order.until, Date.now()),
    }),
  );
  const { findings, files, notices, ...rest } = outcome;
  const run: ToolRun = {
    tool: id,
    title,
    required,
    ...rest,
    findings: findings.length,
    reports: files.map(({ path }) => path),
  };
  log.completed({ outcome: run.outcome, exit_code: run.exit_code, findings: run.findings });
  const keep = (more: readonly Notice[]) =>
    writeToolResult(deps.raw, input.scope, input.testId, {
      run,
      findings: [...findings],
      files: [...files],
      notices: [...notices, ...more],
    });
  const [lost] = await Promise.all([log.close(), keep([])]);
  if (lost.length > 0) await keep(lost);
  return run;
}

async function outcomeOf(job: ToolJob): Promise<Outcome> {
  const { id } = job.order;
  const unheeded = unheededSetting(job.order);
  if (unheeded !== undefined)
    return incomplete('failed', `its configuration has "${unheeded}", which it cannot heed`);
  if (job.limit.seconds <= 0) return incomplete('timed_out', job.limit.reason);
  return isBuiltIn(id) ? runBuiltIn(id, job) : runExternal(id as ExternalTool, job);
}

/** What a team asks for must not be left out in silence: it may be what its gate rests on. */
function unheededSetting({ id, config }: ToolOrder): string | undefined {
  const { heeds } = isBuiltIn(id) ? BUILT_IN[id] : EXTERNAL[id as ExternalTool];
  return Object.keys(config).find((name) => !(heeds as readonly string[]).includes(name));
}

const isBuiltIn = (tool: Tool): tool is BuiltInTool => (BUILT_IN_TOOLS as readonly string[]).includes(tool);
