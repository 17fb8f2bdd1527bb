import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { allProcesses, familyOf, killNow } from './processes.ts';

// A program of its own: it outlives a worker that was killed, for as long as it takes to end what that one had started.

const [mark = '', command = '', ...args] = process.argv.slice(2);
const child = spawn(command, args, {
  env: { ...process.env, [mark.split('=')[0] as string]: mark.split('=')[1] },
  stdio: ['ignore', 'inherit', 'inherit'],
  detached: true,
});
child.once('error', () => void endAll().then(() => process.exit(126)));
child.once('exit', (code, signal) => {
  const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  void endAll().then(() => process.exit(exitCode));
});
// the worker holds the other end: it closes when the worker wants an end, and also when the worker has met its own
process.stdin.once('end', () => void endAll().then(() => process.exit(137)));
process.stdin.once('error', () => void endAll().then(() => process.exit(137)));
process.stdin.resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

/** Again until nothing is found: what forks faster than it is counted is met in the next round. */
async function endAll(): Promise<void> {
  for (let quiet = 0; quiet < 2; ) {
    const found = new Set([...(await descendants()), ...marked()]);
    for (const pid of found) killNow(pid);
    quiet = found.size === 0 ? quiet + 1 : 0;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function descendants(): Promise<number[]> {
  const family = await familyOf(process.pid);
  const group = (await allProcesses()).filter((entry) => entry.group === child.pid);
  return [...family, ...group].map(({ pid }) => pid).filter((pid) => pid !== process.pid);
}

/**
 * Those that made themselves somebody else's children, by what they inherited. Linux alone shows it. One that has also
 * dropped its environment (`env -i setsid …`) is met by nothing here: only a namespace ends it.
 */
function marked(): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter(
      (name) => /^\d+$/.test(name) && Number(name) !== process.pid && environmentOf(name).includes(mark),
    )
    .map(Number);
}

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return ''; // another user's, or gone: neither can be ours
  }
}
