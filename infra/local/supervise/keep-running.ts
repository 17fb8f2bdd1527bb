import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { awaitHealth } from './await-health.ts';
import { backoff, nextRestart } from './backoff.ts';
import { stopGroup } from './kill.ts';
import type { Program, Report } from './program.ts';
import { forgetProcess, recordProcess } from './records.ts';
import { type Running, spawnProgram } from './spawn-program.ts';

export type ChildState = 'starting' | 'healthy' | 'restarting' | 'stopped';
export type ChildStatus = {
  readonly name: string;
  readonly pid: number | null;
  readonly state: ChildState;
  readonly restarts: number;
};

export type Kept = {
  /** Settles with the first start: healthy, or the reason why not. */
  readonly started: Promise<void>;
  readonly status: () => ChildStatus;
  readonly stop: () => Promise<void>;
};

export type Surroundings = {
  readonly logs: string;
  readonly run: string;
  readonly report: Report;
  readonly changed: () => void;
};

/** Starts a program and keeps it running until it is told to stop. A first start that fails is not tried again. */
export function keepRunning(program: Program, order: number, around: Surroundings): Kept {
  const stopping = new AbortController();
  let running: Running | undefined;
  let state: ChildState = 'starting';
  let restarts = 0;
  const enter = (next: ChildState) => {
    state = next;
    around.changed();
  };

  const launch = async () => {
    running = spawnProgram(program, join(around.logs, `${program.name}.log`));
    try {
      if (running.pid > 0) recordProcess(around.run, program, running.pid, order);
      around.changed();
      await awaitHealth(program, running, stopping.signal);
    } catch (error) {
      await end();
      throw error;
    }
    enter('healthy');
  };

  const end = async () => {
    if (running !== undefined && running.pid > 0) {
      const { pid, hasExited } = running;
      await stopGroup(pid, program.stop, hasExited);
    }
    running = undefined;
    forgetProcess(around.run, program.name);
  };

  const watch = async () => {
    let restart = 0;
    while (!stopping.signal.aborted) {
      const healthySince = Date.now();
      const how = (await running?.exited) ?? 'it did not come up';
      if (stopping.signal.aborted) return;
      await end();
      restart = nextRestart(restart, state === 'healthy' ? Date.now() - healthySince : 0);
      restarts += 1;
      enter('restarting');
      const pause = backoff(restart);
      around.report(`${program.name} ended (${how}); starting it again in ${pause / 1000} s`);
      await sleep(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      await launch().then(
        () => around.report(`${program.name} is back`),
        (error: unknown) => stopping.signal.aborted || around.report(String(error)),
      );
    }
  };

  const started = launch();
  const watched = started.then(watch);
  // The first failure is the caller's, through `started`.
  watched.catch(() => undefined);

  return {
    started,
    status: () => ({ name: program.name, pid: running?.pid ?? null, state, restarts }),
    stop: async () => {
      stopping.abort(new Error(`${program.name} is being stopped`));
      await end();
      await Promise.allSettled([started, watched]);
      await end();
      enter('stopped');
    },
  };
}
