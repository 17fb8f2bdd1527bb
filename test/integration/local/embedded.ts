import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { SupervisorRecord } from '../../../contracts/supervisor-record.ts';
import { readSupervisor } from '../../../infra/local/supervisor-record.ts';
import { freshEnvironment, isAlive, until } from './processes.ts';

export const CHECKOUT = resolve(import.meta.dirname, '..', '..', '..');
const START = join(CHECKOUT, 'infra', 'local', 'start.ts');

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };
export type Started = {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  readonly said: () => string;
};

/** `npm start` with these words, in a home of its own, as a person with no settings would run it. */
export function start(home: string, words: readonly string[], more: Record<string, string> = {}): Started {
  return run(process.execPath, [START, ...words], home, more);
}

export function certus(home: string, words: readonly string[]): Promise<Ended> {
  return run(process.execPath, [join(CHECKOUT, 'cli', 'certus.mjs'), ...words], home).ended;
}

export function run(
  command: string,
  words: readonly string[],
  home: string,
  more: Record<string, string> = {},
): Started {
  const env = freshEnvironment({ ...more, CERTUS_HOME: home });
  const child = spawn(command, words, { env, cwd: CHECKOUT, stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    text.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    text.stderr += chunk;
  });
  const ended = new Promise<Ended>((done) => child.once('close', (code) => done({ code, ...text })));
  return { pid: child.pid ?? 0, ended, said: () => text.stdout + text.stderr };
}

export function record(home: string): SupervisorRecord {
  const found = readSupervisor(home);
  if (found === undefined) throw new Error(`nothing runs in ${home}`);
  return found;
}

export const pidOf = (home: string, name: string): number =>
  record(home).children.find((child) => child.name === name)?.pid ?? 0;

export const pidsIn = (home: string): number[] => record(home).children.flatMap(({ pid }) => pid ?? []);

export const untilHealthy = (home: string): Promise<unknown> =>
  until('everything is healthy', () => record(home).children.every(({ state }) => state === 'healthy'), 60);

export const untilGone = (pids: readonly number[]): Promise<unknown> =>
  until(`${pids.join(', ')} are gone`, () => !pids.some(isAlive), 30);
