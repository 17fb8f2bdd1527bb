import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startServers } from '../infra/local/start-servers.ts';
import { migrate } from '../services/database/migrate.ts';
import { parseArguments } from './runner/arguments.ts';
import { type Counts, NOTHING, type Outcome, runJest } from './runner/jest.ts';
import { MOST_UNSTEADY, onceMore } from './runner/once-more.ts';
import { makePlan, type Plan } from './runner/plan.ts';
import { findSuites, KINDS } from './runner/suites.ts';

const root = resolve(import.meta.dirname, '..');
const say = (line: string) => process.stdout.write(`${line}\n`);

/** `npm test`: starts the servers the suites ask for, runs them kind by kind, and names what was not run. */
async function main(): Promise<number> {
  const wanted = parseArguments(process.argv.slice(2), process.env);
  const suites = await findSuites(root, wanted.kinds, wanted.names);
  const plan = await makePlan(suites, wanted.full);
  const folder = await mkdtemp(join(tmpdir(), 'certus-test-'));
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const counts = await runAll(plan, folder, wanted.jest, stop.signal);
  if (counts.failed === 0) await rm(folder, { recursive: true, force: true });
  else say(`\nThe servers' logs of this run: ${join(folder, 'logs')}`);
  return conclude(counts, plan, wanted.full);
}

async function runAll(
  plan: Plan,
  folder: string,
  options: readonly string[],
  signal: AbortSignal,
): Promise<Counts> {
  const of = (kinds: readonly string[]) =>
    plan.run.filter(({ kind }) => kinds.includes(kind)).map(({ file }) => file);
  const run = (
    files: readonly string[],
    environment: Record<string, string>,
    more: readonly string[],
  ): Promise<Outcome> =>
    signal.aborted
      ? Promise.resolve({ ...NOTHING, failed: 1 })
      : runJest({
          root,
          folder,
          environment,
          files,
          options: [...more, ...options],
        });
  const quick = await run(of(['unit']), {}, ['--maxWorkers=2']);
  const slow = of(KINDS.filter((kind) => kind !== 'unit'));
  if (slow.length === 0) return quick;
  say(plan.servers.length === 0 ? '' : `\nstarting ${plan.servers.join(', ')}`);
  const servers = await startServers(plan.servers, {
    dir: folder,
    report: (line) => say(`  ${line}`),
    build: true,
    signal,
  });
  try {
    if (servers.env.CERTUS_DATABASE_URL !== undefined) await migrate(servers.env.CERTUS_DATABASE_URL);
    const rest = await run(slow, { ...servers.env }, ONE_BY_ONE);
    if (rest.broken.size === 0 || rest.broken.size > MOST_UNSTEADY || signal.aborted) return sum(quick, rest);
    say(`\nonce more, by themselves: ${[...rest.broken.keys()].join(', ')}`);
    const again = await run([...rest.broken.keys()], { ...servers.env }, ONE_BY_ONE);
    return sum(quick, onceMore(rest, again, say));
  } finally {
    await servers.stop();
  }
}

/**
 * They start and kill processes of their own, and two cores are soon too few. What one file leaves in memory does not slow down
 * the hundred after it: the process that runs them is let go of when it has grown.
 */
const ONE_BY_ONE = ['--maxWorkers=1', '--workerIdleMemoryLimit=512MB'];

const sum = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

/** The last line is for machines and people alike. Asked for everything, a suite that did not run has failed. */
function conclude({ passed, failed, skipped }: Counts, { left }: Plan, full: boolean): number {
  for (const { suite, reason } of left) say(`\nnot run: ${suite.file}\n  ${reason.replaceAll('\n', '\n  ')}`);
  const missed = full ? left.length + skipped : 0;
  if (full && skipped > 0) say(`\n${skipped} tests were skipped, which counts as failed here`);
  say(
    `\n${passed} passed, ${failed + missed} failed${left.length + skipped > 0 && !full ? `, ${left.length + skipped} skipped` : ''}`,
  );
  return failed + missed > 0 || passed === 0 ? 1 : 0;
}

process.exitCode = await main();
