import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FRUGAL } from '../infra/local/embedded/our-programs.ts';
import { startServers } from '../infra/local/start-servers.ts';
import { migrate } from '../services/database/migrate.ts';
import type { Bench } from './bench.ts';
import { memoryOf, peakMemory } from './memory.ts';
import type { Answer, Asked } from './promotion/copying-process.ts';

const KIB = 1024;

/** What it costs that documents are hashed, looked into, listed, signed and permitted on their way, and that nothing is lost. */
export const promote: Bench = {
  name: 'promote',
  about:
    'documents through the gate to golden, beside bare GetObject and PutObject of the same objects (--objects N, --large 5GiB)',
  run: async (report, words) => {
    const folder = await mkdtemp(join(tmpdir(), 'certus-bench-'));
    const servers = await startServers(['postgres', 's3'], { dir: folder, report, build: true });
    try {
      await migrate(servers.env.CERTUS_DATABASE_URL ?? '');
      const objects = Number(optionOf(words, '--objects') ?? 10_000);
      const large = bytesOf(optionOf(words, '--large') ?? '5GiB');
      const small = await part(servers.env, report, { objects, bytes: 64 * KIB });
      const one = await part(servers.env, report, { objects: 1, bytes: large });
      return {
        ratios: {
          small_to_bare: small.bare / small.promote,
          large_to_bare: one.bare / one.promote,
        },
        figures: {
          small_mib_per_s: (objects * 64 * KIB) / 1.048576 / 1000 / small.promote,
          small_objects_per_s: (objects * 1000) / small.promote,
          small_to_copy_object: small.copyObject / small.promote,
          small_idle_mib: small.idle,
          small_peak_mib: small.peak,
          large_mib_per_s: large / 1.048576 / 1000 / one.promote,
          large_to_copy_object: one.copyObject / one.promote,
          large_idle_mib: one.idle,
          large_peak_mib: one.peak,
        },
        goals: [
          { of: 'small_to_bare', atLeast: 0.6 },
          { of: 'large_to_bare', atLeast: 0.6 },
          { of: 'small_peak_mib', atMost: 300 },
          { of: 'large_peak_mib', atMost: 300 },
        ],
      };
    } finally {
      await servers.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

type Part = { readonly objects: number; readonly bytes: number };
type Measured = {
  readonly promote: number;
  readonly bare: number;
  readonly copyObject: number;
  /** Of a process that has promoted before. */
  readonly idle: number;
  readonly peak: number;
};

/** One process makes the objects and copies them barely, another one promotes: its memory is that of the promotion alone. */
async function part(
  env: Readonly<Record<string, string>>,
  report: (line: string) => void,
  { objects, bytes }: Part,
): Promise<Measured> {
  const [other, own] = [await start(env), await start(env)];
  try {
    report(`bringing ${objects} of ${bytes} bytes`);
    const { made } = await ask(other, { do: 'prepare', objects, bytes });
    if (made === undefined) throw new Error('nothing was made');
    report('copying');
    const bare = await ask(other, { do: 'bare', ...made });
    const copyObject = await ask(other, { do: 'copyObject', ...made });
    report('promoting');
    await ask(own, { do: 'warmUp', ...made });
    const idle = (await memoryOf([own.pid ?? 0])).pss;
    const stop = peakMemory(own.pid ?? 0);
    const promoted = await ask(own, { do: 'promote', ...made });
    const peak = await stop();
    const [a, b, c] = [promoted, bare, copyObject].map(({ milliseconds }) => milliseconds);
    return { promote: a ?? 0, bare: b ?? 0, copyObject: c ?? 0, idle, peak };
  } finally {
    for (const child of [other, own]) child.kill();
  }
}

async function start(env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const file = join(import.meta.dirname, 'promotion', 'copying-process.ts');
  // as a worker of an installation on one machine is started
  const child = fork(file, {
    execArgv: [...FRUGAL.nodeFlags],
    env: { ...process.env, ...env, ...FRUGAL.environment },
  });
  await answer(child);
  return child;
}

function ask(child: ChildProcess, asked: Asked): Promise<Answer> {
  child.send(asked);
  return answer(child);
}

async function answer(child: ChildProcess): Promise<Answer> {
  const ended = once(child, 'exit').then(() => {
    throw new Error('the process of the benchmark ended');
  });
  const [said] = (await Promise.race([once(child, 'message'), ended])) as [Answer];
  if (said.error !== undefined) throw new Error(said.error);
  return said;
}

const optionOf = (words: readonly string[], name: string): string | undefined =>
  words.includes(name) ? words[words.indexOf(name) + 1] : undefined;

const UNITS: Readonly<Record<string, number>> = { KiB: KIB, MiB: KIB ** 2, GiB: KIB ** 3 };

function bytesOf(text: string): number {
  const [, digits, unit] = /^(\d+)(KiB|MiB|GiB)$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined) throw new Error(`${text} is no size such as 64MiB`);
  return Number(digits) * (UNITS[unit] ?? 1);
}
