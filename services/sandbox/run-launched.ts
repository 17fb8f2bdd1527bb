import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { CertusError } from '../../contracts/errors.ts';
import { type Ending, endOf } from './ending.ts';
import { homeOf, privateEnvironment } from './environment.ts';
import { Lines } from './lines.ts';
import type { Exceeded, Launch, SandboxResult, SandboxRun, Stream } from './sandbox.ts';
import { watch } from './watch.ts';

/**
 * Runs a program that nobody trusts on input that nobody trusts, kept apart in the given way. When this returns or throws,
 * nothing of it is left; when the worker is killed meanwhile, nothing of it is left either. With `process` that does not
 * hold for a program that drops its environment, takes a session of its own and leaves its parent: nothing then tells
 * whose it was.
 */
export async function runLaunched(
  run: SandboxRun,
  isolate: (run: SandboxRun) => Launch | Promise<Launch>,
): Promise<SandboxResult> {
  run.signal?.throwIfAborted();
  const environment = await privateEnvironment(run);
  const launch = await isolate(run);
  run.signal?.throwIfAborted();
  const started = performance.now();
  const child = spawn(launch.command, launch.args, {
    cwd: run.cwd === 'source' ? run.source : homeOf(run.writable),
    env: environment,
    // a group of its own: a terminal's Ctrl-C is for the worker, which ends its runs in order
    detached: true,
    stdio: [launch.init === 'guard' ? 'pipe' : 'ignore', 'pipe', 'pipe', 'pipe'],
  });
  const ending = endOf(child, launch.init);
  const stop = stopper(ending);
  const output = read(child, run, stop);
  const over = new AbortController();
  const timer = setTimeout(() => stop('time'), run.limits.seconds * 1000);
  const cancel = () => stop(undefined);
  run.signal?.addEventListener('abort', cancel, { once: true });
  if (run.signal?.aborted) cancel();
  const watched = watchUntil(child, run, stop, over.signal);
  try {
    const exitCode = await ending.finished;
    await output.finish();
    run.signal?.throwIfAborted();
    over.abort();
    const unwatched = await watched;
    if (unwatched !== undefined) throw unwatched;
    return {
      exitCode: stop.exceeded === null ? exitCode : null,
      exceeded: stop.exceeded,
      seconds: (performance.now() - started) / 1000,
      isolation: launch.isolation,
      stdout: output.kept(),
    };
  } finally {
    clearTimeout(timer);
    over.abort();
    run.signal?.removeEventListener('abort', cancel);
  }
}

type Stopper = ((why: Exceeded | undefined) => void) & { readonly exceeded: Exceeded | null };

/** The first reason counts: whatever else happens while it is being ended follows from that. */
function stopper(ending: Ending): Stopper {
  let exceeded: Exceeded | null = null;
  let stopped = false;
  const stop = (why: Exceeded | undefined) => {
    if (stopped) return;
    stopped = true;
    exceeded = why ?? null;
    ending.kill();
  };
  return Object.defineProperty(stop, 'exceeded', { get: () => exceeded }) as Stopper;
}

/** A run that cannot be watched must not go on: it is ended, and the fault told when it has. */
async function watchUntil(
  { pid }: ChildProcess,
  { writable, limits }: SandboxRun,
  stop: Stopper,
  over: AbortSignal,
): Promise<CertusError | undefined> {
  if (pid === undefined) return undefined;
  try {
    const exceeded = await watch(pid, writable, limits, over);
    if (exceeded !== undefined) stop(exceeded);
    return undefined;
  } catch (cause) {
    stop(undefined);
    return new CertusError('internal_error', 'a tool could not be watched', { cause });
  }
}

/** Everything that is printed is read, or the program would wait for ever; no more of it is kept than is allowed. */
function read(child: ChildProcess, { onLine, keepStdout, limits }: SandboxRun, stop: Stopper) {
  const limit = limits.outputMb * 1024 * 1024;
  const kept: Buffer[] = [];
  let size = 0;
  const follow = (stream: Stream, from: Readable): Promise<void> => {
    const lines = new Lines((line) => onLine?.(stream, line));
    const keep = stream === 'stdout' && keepStdout === true;
    from.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) stop('output');
      else if (keep) kept.push(chunk);
      else lines.add(chunk);
    });
    return new Promise((resolve) => from.once('close', resolve)).then(() => lines.end());
  };
  const streams = [child.stdout as Readable, child.stderr as Readable];
  const closed = Promise.all([
    follow('stdout', streams[0] as Readable),
    follow('stderr', streams[1] as Readable),
  ]);
  const finish = async () => {
    const patience = setTimeout(() => streams.forEach((stream) => void stream.destroy()), PATIENCE_MS);
    await closed;
    clearTimeout(patience);
  };
  return { finish, kept: () => Buffer.concat(kept) };
}

/** What has got away from a guard may hold the other end for ever. */
const PATIENCE_MS = 3000;
