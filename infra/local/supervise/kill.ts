import { setTimeout as sleep } from 'node:timers/promises';

/** Signals a process (or, with a negative number, a group); that it is gone already is what was wanted. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Asks, waits, and then takes the whole group down. `gone` says whether the leader has ended. */
export async function stopGroup(
  leader: number,
  stop: { readonly signal: NodeJS.Signals; readonly graceSeconds: number },
  gone: () => boolean,
): Promise<void> {
  if (!gone()) signal(leader, stop.signal);
  const deadline = Date.now() + stop.graceSeconds * 1000;
  while (!gone() && Date.now() < deadline) await sleep(20);
  // Also when the leader went by itself: what it had started may have stayed.
  signal(-leader, 'SIGKILL');
  while (!gone()) await sleep(20);
}
