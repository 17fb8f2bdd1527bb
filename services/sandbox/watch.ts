import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { familyOf } from './processes.ts';
import type { Exceeded, SandboxLimits } from './sandbox.ts';

const EVERY_MS = 400;

/**
 * Looks again and again at what a run uses as a whole: the kernel's limits are about each process or file by itself, and
 * a hostile one makes many. Ends with the limit that was exceeded, or when it is told that the run is over.
 */
export async function watch(
  pid: number,
  writable: string,
  limits: SandboxLimits,
  over: AbortSignal,
): Promise<Exceeded | undefined> {
  for (;;) {
    try {
      await sleep(EVERY_MS, undefined, { signal: over });
    } catch (error) {
      if (over.aborted) return undefined;
      throw error;
    }
    const family = await familyOf(pid);
    if (family.length > limits.processes + OWN) return 'processes';
    if ((await memoryOf(family.map((entry) => entry.pid))) > limits.memoryMb * MB) return 'memory';
    if ((await sizeOf(writable, limits.fileMb * MB)) > limits.fileMb * MB) return 'files';
  }
}

/** The programs that keep the run apart belong to its family. */
const OWN = 4;
const MB = 1024 * 1024;

/** What is theirs alone: programs and files in memory are shared by all and freed at need. Linux alone shows it. */
async function memoryOf(pids: readonly number[]): Promise<number> {
  if (process.platform !== 'linux') return 0;
  const sizes = await Promise.all(pids.map(anonymousMemory));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function anonymousMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(ifGone(''));
  let kilobytes = 0;
  for (const [, size] of status.matchAll(/^(?:RssAnon|RssShmem):\s+(\d+) kB$/gm)) kilobytes += Number(size);
  return kilobytes * 1024;
}

/** Counts blocks and not lengths: a sparse file of a terabyte takes nothing. Stops once it is too much. */
async function sizeOf(folder: string, limit: number): Promise<number> {
  let total = 0;
  for (const folders = [folder]; folders.length > 0 && total <= limit; ) {
    const next = folders.pop() as string;
    for (const entry of await readdir(next, { withFileTypes: true }).catch(ifGone([]))) {
      const path = join(next, entry.name);
      total += ENTRY;
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) total += ((await lstat(path).catch(ifGone(undefined)))?.blocks ?? 0) * 512;
      if (total > limit) return total;
    }
  }
  return total;
}

/** Each name costs something too, and a million empty files fill a disk's table of them. */
const ENTRY = 512;

/** What is watched changes meanwhile, and hides from us what it likes: the kernel's limits still hold for that. */
function ifGone<T>(instead: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (['ENOENT', 'ESRCH', 'EACCES', 'ENOTDIR', 'ENAMETOOLONG', 'EPERM'].includes(error.code ?? ''))
      return instead;
    throw error;
  };
}
