import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBy, type Method, works } from '../../../services/sandbox/detect.ts';
import { runLaunched } from '../../../services/sandbox/run-launched.ts';
import type { SandboxResult, SandboxRun } from '../../../services/sandbox/sandbox.ts';

export type Ran = SandboxResult & { readonly lines: string[] };

/** The ways that this machine has of keeping a run apart; only the last is everywhere. */
export async function methodsHere(): Promise<Method[]> {
  if (process.platform !== 'linux') return ['process'];
  const better = ['bubblewrap', 'namespaces'] as const;
  const found = await Promise.all(better.map(async (method) => ((await works(method)) ? [method] : [])));
  return [...found.flat(), 'process'];
}

export class Playground {
  readonly folder = mkdtempSync(join(tmpdir(), 'certus-sandbox-'));
  readonly source = join(this.folder, 'source');
  readonly writable = join(this.folder, 'writable');

  constructor() {
    for (const folder of [this.source, this.writable]) mkdirSync(folder);
    for (const folder of [this.folder, this.source]) chmodSync(folder, 0o755);
  }

  /** A shell script, kept apart. */
  async run(method: Method, script: string, more: Partial<SandboxRun> = {}): Promise<Ran> {
    const lines: string[] = [];
    const run: SandboxRun = {
      command: '/bin/bash',
      args: ['-c', script],
      source: this.source,
      cwd: 'source',
      writable: this.writable,
      readable: [],
      environment: {},
      path: [],
      limits: LIMITS,
      network: false,
      onLine: (_, line) => lines.push(line),
      ...more,
    };
    return { ...(await runLaunched(run, (launched) => launchBy(method, launched))), lines };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const LIMITS = { seconds: 30, memoryMb: 512, processes: 64, fileMb: 64, outputMb: 4 };

/** Processes whose command line has the word, zombies left out: those have none. */
export function processesWith(word: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => commandLine(name).includes(word))
    .map(Number);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return ''; // it has ended meanwhile
  }
}

export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}
