import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

export type Memory = {
  /** MiB, counting a page once for each process that maps it. */
  readonly rss: number;
  /** MiB, counting a shared page once in all: what the machine really gives. */
  readonly pss: number;
};

/** Memory of the processes and everything below them, from the kernel's own accounting (Linux). */
export async function memoryOf(roots: readonly number[]): Promise<Memory> {
  const memory = { rss: 0, pss: 0 };
  for (const pid of await withDescendants(roots)) {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' || error.code === 'ESRCH') return ''; // it has ended meanwhile
        throw error;
      },
    );
    memory.rss += kib(rollup, 'Rss') / 1024;
    memory.pss += kib(rollup, 'Pss') / 1024;
  }
  return memory;
}

/** Watches a process and everything below it; the most it ever had, in MiB, once it is stopped. */
export function peakMemory(root: number): () => Promise<number> {
  let peak = 0;
  let stopped = false;
  const watching = (async () => {
    while (!stopped) {
      peak = Math.max(peak, (await memoryOf([root])).pss);
      await pause(100);
    }
  })();
  return async () => {
    stopped = true;
    await watching;
    return peak;
  };
}

const kib = (rollup: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0);

async function withDescendants(roots: readonly number[]): Promise<Set<number>> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const parent = /\) \S (\d+)/.exec(stat)?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const family = new Set(roots);
  for (let grown = -1; grown !== family.size; ) {
    grown = family.size;
    for (const [pid, parent] of parents) if (family.has(parent)) family.add(pid);
  }
  return family;
}
