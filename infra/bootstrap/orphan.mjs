import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identityOf } from './process-identity.mjs';

const fileIn = (checkout) => join(checkout, 'build', 'set-up', 'running');

/** Notes down the command that a step is running, in case we do not live to see its end. */
export function noteRunning(checkout, pid) {
  mkdirSync(dirname(fileIn(checkout)), { recursive: true });
  writeFileSync(fileIn(checkout), JSON.stringify({ pid, started: identityOf(pid) }));
}

export const forgetRunning = (checkout) => rmSync(fileIn(checkout), { force: true });

/** Ends what a set-up that was killed left running: an npm that goes on would write into the folder of the next one. */
export async function endOrphan(checkout) {
  if (!existsSync(fileIn(checkout))) return;
  const { pid, started } = read(fileIn(checkout));
  while (pid !== undefined && started !== undefined && identityOf(pid) === started) {
    process.kill(pid, 'SIGKILL');
    await sleep(20);
  }
  forgetRunning(checkout);
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
