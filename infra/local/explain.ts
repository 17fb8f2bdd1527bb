import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigurationError } from '../../services/config/load.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { AlreadyRunning, NewerHome } from './home.ts';
import { Unobtainable } from './obtain/obtain.ts';
import { CommandFailure } from './obtain/run-command.ts';
import { PortTaken } from './ports.ts';
import { reasonOf } from './reason-of.ts';
import { StartFailure } from './supervise/await-health.ts';

export type Explanation = { readonly message: string; readonly exitCode: ExitCode };

/** What a person is told when a start fails, and what the shell is. Anything that has no name here is our bug. */
export function explain(error: unknown, home: string): Explanation {
  const message = reasonOf(error);
  if (isDiskFull(error)) return { message: `${diskFull(home)}\n${message}`, exitCode: EXIT.storage };
  if (error instanceof ConfigurationError || error instanceof PortTaken || error instanceof NewerHome) {
    return { message, exitCode: EXIT.configuration };
  }
  if (error instanceof AlreadyRunning) return { message, exitCode: EXIT.alreadyRunning };
  if ([StartFailure, Unobtainable, CommandFailure].some((type) => error instanceof type)) {
    return { message, exitCode: EXIT.unavailable };
  }
  if (isSystemError(error)) return { message: `${message}\n(home: ${home})`, exitCode: EXIT.storage };
  return { message: error instanceof Error ? (error.stack ?? message) : message, exitCode: EXIT.internal };
}

/** Ours, or a server's in the last lines of its log. */
function isDiskFull(error: unknown): boolean {
  const { code, cause } = Object(error) as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return true;
  if (cause !== undefined) return isDiskFull(cause);
  return /no space left on device|disk is full/i.test(reasonOf(error));
}

function diskFull(home: string): string {
  let folder = home;
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const free = Math.floor((bavail * bsize) / 1024 ** 2);
  return `The disk that holds ${home} is full (${free} MiB free). Make room and start again: nothing half made was kept.`;
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}
