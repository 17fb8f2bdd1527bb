import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bubblewrap } from './bubblewrap.ts';
import { guarded } from './guarded.ts';
import { namespaces } from './namespaces.ts';
import { installedPrograms, type Programs } from './programs.ts';
import { runLaunched } from './run-launched.ts';
import type { Launch, SandboxRun } from './sandbox.ts';

export type Method = 'bubblewrap' | 'namespaces' | 'process';

/** As much apart as this machine can keep a run, which is found out once, by doing it. */
export const isolate = async (run: SandboxRun): Promise<Launch> => launchBy(await bestMethod(), run);

export function bestMethod(): Promise<Method> {
  best ??= findBest().catch((error: unknown) => {
    best = undefined; // a full disk is no property of the machine: the next run finds out
    throw error;
  });
  return best;
}

let best: Promise<Method> | undefined;

async function findBest(): Promise<Method> {
  for (const method of ['bubblewrap', 'namespaces'] as const) if (await works(method)) return method;
  return 'process';
}

export const launchBy = async (method: Method, run: SandboxRun): Promise<Launch> =>
  LAUNCH[method](run, installed);

const installed = installedPrograms();

const LAUNCH: Record<Method, (run: SandboxRun, programs: Programs) => Launch | Promise<Launch>> = {
  bubblewrap,
  namespaces,
  process: guarded,
};

/** Being installed is not enough: containers and hardened kernels forbid what these programs ask for. */
export async function works(method: 'bubblewrap' | 'namespaces'): Promise<boolean> {
  const { bwrap, unshare, setpriv } = installed;
  if (method === 'bubblewrap' ? bwrap === undefined : unshare === undefined || setpriv === undefined)
    return false;
  const folder = await mkdtemp(join(tmpdir(), 'certus-probe-'));
  try {
    const [source, writable] = [join(folder, 'source'), join(folder, 'writable')];
    for (const path of [source, writable]) await mkdir(path);
    for (const path of [folder, source]) await chmod(path, 0o755);
    const { exitCode } = await runLaunched(probe(source, writable), (run) => launchBy(method, run));
    return exitCode === 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const probe = (source: string, writable: string): SandboxRun => ({
  command: '/bin/sh',
  args: ['-c', PROBE],
  source,
  cwd: 'source',
  writable,
  readable: [],
  environment: {},
  path: [],
  limits: { seconds: 20, memoryMb: 256, processes: 32, fileMb: 16, outputMb: 1 },
  network: false,
});

/** The source can be read and not written, and there is no network but the loop. */
const PROBE = `ls . >/dev/null || exit 3
if touch ./written 2>/dev/null; then exit 4; fi
if tail -n +3 /proc/net/dev | grep -qv '^ *lo:'; then exit 5; fi`;
