import { setTimeout as sleep } from 'node:timers/promises';
import { processIdentity } from '../../../infra/local/supervise/process-identity.ts';
import type { Program } from '../../../infra/local/supervise/program.ts';

/** Waits for a condition, and says which one never came true. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  seconds = 30,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain until ${what}`);
    await sleep(20);
  }
}

export const isAlive = (pid: number): boolean => processIdentity(pid) !== undefined;

/** The environment of a person who has set nothing: not the test runner's servers, nor its Node options. */
export function freshEnvironment(more: Record<string, string> = {}): Record<string, string> {
  const kept = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || (NOT_THEIRS.test(name) && !WHERE_SERVERS_LIE.test(name)) ? [] : [[name, value]],
  );
  return { ...Object.fromEntries(kept), ...more };
}

const NOT_THEIRS = /^(NODE_OPTIONS|(CERTUS|JEST|npm)_.*)$/;
const WHERE_SERVERS_LIE = /^CERTUS_(CACHE|TEMPORAL_CLI|POSTGRES_BIN)$/;

/** A small real program of Node's: says it is ready over IPC as ours do, then runs the given code. */
export function script(name: string, code: string, more: Partial<Program> = {}): Program {
  return {
    name,
    command: process.execPath,
    args: ['-e', `process.on('disconnect', () => process.exit()); ${code}; process.send({ ready: true });`],
    env: freshEnvironment(),
    healthy: 'ready-message',
    startSeconds: 20,
    stop: { signal: 'SIGTERM', graceSeconds: 10 },
    ...more,
  };
}
