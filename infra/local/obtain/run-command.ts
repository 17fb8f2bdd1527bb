import { spawn } from 'node:child_process';
import { signal as send } from '../supervise/kill.ts';

export type CommandOptions = {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly runAs?: { readonly uid: number; readonly gid: number };
  readonly signal?: AbortSignal | undefined;
};

/** A command that was run ended badly; the message holds what it said last. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}

/** Runs a command to its end and gives its output; a failure carries the last lines of what it said. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    options.signal?.throwIfAborted();
    // A group of its own: when we are told to stop, the compilers and JVMs below it go too.
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env === undefined ? process.env : { ...process.env, ...options.env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options.runAs,
    });
    const abort = () => child.pid !== undefined && send(-child.pid, 'SIGKILL');
    options.signal?.addEventListener('abort', abort, { once: true });
    let output = '';
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-KEPT_CHARACTERS);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      options.signal?.removeEventListener('abort', abort);
      if (options.signal?.aborted) reject(options.signal.reason);
      else if (code === 0) resolve(output);
      else
        reject(
          new CommandFailure(
            `${command} ${args[0] ?? ''} ended with ${signal ?? `code ${code}`}: ${lastLines(output)}`,
          ),
        );
    });
  });
}

const KEPT_CHARACTERS = 64 * 1024;
const lastLines = (output: string) => output.trim().split('\n').slice(-8).join('\n    ');
