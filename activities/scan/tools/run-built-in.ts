import { BundlePath } from '../../../contracts/bundle.ts';
import { CertusError } from '../../../contracts/errors.ts';
import { rawPrefix } from '../../../contracts/object-keys.ts';
import type { BuiltInTool, Isolation } from '../../../contracts/tools.ts';
import { BUILT_IN } from '../../../domain/tools/built-in.ts';
import type { ThreadResult } from '../built-in/thread-tasks.ts';
import { blamed, incomplete, type Outcome } from './outcome.ts';
import type { ToolJob } from './tool-job.ts';

const SARIF = 'application/sarif+json';

/** One of our own scanners, in a thread that can be stopped. */
export async function runBuiltIn(tool: BuiltInTool, job: ToolJob): Promise<Outcome> {
  const { means, tree, order, signal, log, limit } = job;
  const { category } = BUILT_IN[tool];
  const isolation: Isolation = { method: 'thread', network: 'host', lacking: [] };
  log.started(tool);
  const timeout = AbortSignal.timeout(Math.ceil(limit.seconds * 1000));
  const { config, deniedLicenses } = order;
  const context = { tree, config, deniedLicenses, advisories: means.advisories, now: job.requestedAt };
  const started = performance.now();
  const took = () => (performance.now() - started) / 1000;
  let result: ThreadResult;
  try {
    result = await means.threads.scan({ tool, context }, AbortSignal.any([signal, timeout]));
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.aborted) return incomplete('timed_out', limit.reason, { isolation, seconds: took() });
    return blamed(error, { isolation, seconds: took() });
  }
  const seconds = took();
  const report = { path: `reports/${category}/${tool}.sarif`, mediaType: SARIF, text: result.report };
  const files = [];
  for (const { path, mediaType, text } of [report, ...result.documents]) {
    if (!BundlePath.safeParse(path).success)
      throw new CertusError('internal_error', `${tool} names a file that no bundle can hold`);
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    await job.raw.put(`${rawPrefix(job.input.scope, job.input.testId)}${path}`, bytes, {
      contentType: mediaType,
    });
    files.push({ path, mediaType });
  }
  const { version, findings, notices, data, incomplete: left } = result;
  return {
    // what it has found counts all the same
    outcome: left === undefined ? 'completed' : 'failed',
    reason: left ?? null,
    exit_code: null,
    version,
    seconds,
    isolation,
    data,
    findings,
    files,
    notices,
  };
}
