import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { readSupervisor } from '../infra/local/supervisor-record.ts';

export type EmbeddedSet = {
  /** From the call to everything being ready. */
  readonly seconds: number;
  readonly environment: { readonly CERTUS_TEMPORAL_ADDRESS: string };
  /** The supervisor and every process it keeps. */
  pids(): number[];
  /** One of our own processes, by its name in the set. */
  pidOf(name: string): number;
  stop(): Promise<void>;
};

const START = resolve(import.meta.dirname, '..', 'infra', 'local', 'start.ts');

/** What `npm start` starts, in a home of its own and without the first scan. */
export async function startEmbeddedSet(
  home: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<EmbeddedSet> {
  const started = performance.now();
  const child = spawn(process.execPath, [START, '--background'], {
    env: { ...process.env, ...environment, CERTUS_HOME: home },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const record = () => readSupervisor(home);
  while (record()?.state !== 'ready') {
    if (child.exitCode !== null) throw new Error(`the embedded set ended with ${child.exitCode}`);
    await pause(20);
  }
  const seconds = (performance.now() - started) / 1000;
  const ports = z
    .object({ temporal: z.number() })
    .parse(JSON.parse(await readFile(join(home, 'run', 'ports.json'), 'utf8')));
  return {
    seconds,
    environment: { CERTUS_TEMPORAL_ADDRESS: `127.0.0.1:${ports.temporal}` },
    pids: () => {
      const { pid, children } = record() ?? { pid: undefined, children: [] };
      return [pid, ...children.map((one) => one.pid)].filter((one) => typeof one === 'number');
    },
    pidOf: (name) => {
      const pid = record()?.children.find((child) => child.name === name)?.pid;
      if (typeof pid !== 'number') throw new Error(`no process of the set is called ${name}`);
      return pid;
    },
    stop: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}
