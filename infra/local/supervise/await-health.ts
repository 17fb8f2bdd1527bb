import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../reason-of.ts';
import { tail } from './log-file.ts';
import type { Program } from './program.ts';
import type { Running } from './spawn-program.ts';

/** A program that did not come up; the message holds the reason and the last lines of its log. */
export class StartFailure extends Error {
  constructor(program: Program, running: Running, reason: string) {
    const lines = tail(running.log.file, running.log.from, 12);
    const quoted = lines.length > 0 ? `\n${lines.map((line) => `    ${line}`).join('\n')}` : '';
    super(`${program.name} did not start: ${reason}\n  log: ${running.log.file}${quoted}`);
    this.name = 'StartFailure';
  }
}

const PROBE_EVERY_MS = 50;

/** Resolves when the program is healthy; throws StartFailure when it ends or takes too long instead. */
export async function awaitHealth(program: Program, running: Running, abort: AbortSignal): Promise<void> {
  const deadline = new AbortController();
  const settled = AbortSignal.any([abort, deadline.signal]);
  const attempt = { lastReason: 'it sent no ready message' };
  const ended = running.exited.then((how) => {
    throw new StartFailure(program, running, how);
  });
  const late = sleep(program.startSeconds * 1000, undefined, { signal: settled }).then(() => {
    throw new StartFailure(
      program,
      running,
      `not healthy after ${program.startSeconds} s: ${attempt.lastReason}`,
    );
  });
  try {
    await Promise.race([ended, late, healthy(program, running, settled, attempt)]);
  } catch (error) {
    abort.throwIfAborted();
    throw error;
  } finally {
    deadline.abort();
  }
}

async function healthy(
  program: Program,
  running: Running,
  settled: AbortSignal,
  attempt: { lastReason: string },
): Promise<void> {
  if (program.healthy === 'ready-message') return running.ready;
  while (!settled.aborted) {
    try {
      return await program.healthy();
    } catch (error) {
      attempt.lastReason = reasonOf(error);
    }
    await sleep(PROBE_EVERY_MS);
  }
  throw settled.reason;
}
