import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

export type ProcessEntry = { readonly pid: number; readonly parent: number; readonly group: number };

/** Every process that descends from one, itself included while it lives. */
export async function familyOf(pid: number): Promise<ProcessEntry[]> {
  const all = await allProcesses();
  const family = new Set([pid]);
  // children may stand before their parents once process numbers have wrapped
  for (let before = 0; before !== family.size; ) {
    before = family.size;
    for (const entry of all) if (family.has(entry.parent)) family.add(entry.pid);
  }
  return all.filter((entry) => family.has(entry.pid));
}

export async function allProcesses(): Promise<ProcessEntry[]> {
  if (process.platform !== 'linux') return listedByPs();
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const entries = await Promise.all(names.map((name) => statusOf(Number(name))));
  return entries.filter((entry) => entry !== undefined && entry.state !== 'Z') as ProcessEntry[];
}

/** Waits until a process has ended; a zombie that its parent has not collected yet is no process any more. */
export async function waitUntilGone(pid: number, since: string): Promise<void> {
  for (let wait = 1; ; wait = Math.min(wait * 2, 50)) {
    const status = await statusOf(pid);
    if (status === undefined || status.state === 'Z' || status.since !== since) return;
    await sleep(wait);
  }
}

/** When a process began, by which it is told from a later one with the same number. */
export const beginOf = async (pid: number): Promise<string | undefined> => (await statusOf(pid))?.since;

/** SIGKILL, which cannot be ignored. One that has ended already is what was wanted. */
export function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

type Status = ProcessEntry & { readonly state: string; readonly since: string };

async function statusOf(pid: number): Promise<Status | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'latin1');
    // a process names itself, in brackets, and may use brackets and spaces for it
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [state = '', parent, group] = fields;
    return { pid, state, parent: Number(parent), group: Number(group), since: fields[19] ?? '' };
  } catch (error) {
    if (GONE.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

const GONE: ReadonlySet<string> = new Set(['ENOENT', 'ESRCH']);

async function listedByPs(): Promise<ProcessEntry[]> {
  const { stdout } = await promisify(execFile)('/bin/ps', ['-axo', 'pid=,ppid=,pgid=,stat=,comm=']);
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([pid, parent, , state, name]) => pid !== '' && !state?.startsWith('Z') && !isOurs(parent, name))
    .map(([pid, parent, group]) => ({ pid: Number(pid), parent: Number(parent), group: Number(group) }));
}

/** The `ps` that does the looking. */
const isOurs = (parent: string | undefined, name: string | undefined): boolean =>
  Number(parent) === process.pid && name === '/bin/ps';
