import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { openLog, sizeOf } from './log-file.ts';
import type { Program } from './program.ts';

export type Running = {
  readonly pid: number;
  /** Settles once, when the process has ended; says how. */
  readonly exited: Promise<string>;
  /** Resolves with the first `{ready: true}` that a program of ours sends. */
  readonly ready: Promise<void>;
  readonly hasExited: () => boolean;
  readonly log: { readonly file: string; readonly from: number };
};

/**
 * Starts a program in a process group of its own: Ctrl-C in the terminal reaches the supervisor only, which then
 * stops everything in order, and a whole group can be taken down at once.
 */
export function spawnProgram(program: Program, logFile: string): Running {
  const output = openLog(logFile);
  const from = sizeOf(logFile);
  try {
    const child = spawn(program.command, program.args, {
      cwd: program.cwd,
      env: { ...program.env },
      detached: true,
      stdio: ['ignore', output, output, ...(program.healthy === 'ready-message' ? ['ipc' as const] : [])],
      ...program.runAs,
    });
    return observe(child, program, { file: logFile, from });
  } finally {
    closeSync(output);
  }
}

function observe(child: ChildProcess, program: Program, log: Running['log']): Running {
  let ended = child.pid === undefined;
  const exited = new Promise<string>((resolve) => {
    const end = (how: string) => {
      ended = true;
      resolve(how);
    };
    child.once('error', (error) => {
      // With a pid the process runs, and it is a signal or a message that failed.
      if (child.pid === undefined) end(`${program.command} cannot be started: ${error.message}`);
    });
    child.once('exit', (code, signal) => end(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
  const ready = new Promise<void>((resolve) => {
    child.on('message', (message) => {
      if (message !== null && typeof message === 'object' && 'ready' in message) resolve();
    });
  });
  return { pid: child.pid ?? 0, exited, ready, hasExited: () => ended, log };
}
