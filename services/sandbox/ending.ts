import type { ChildProcess } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { CertusError } from '../../contracts/errors.ts';
import { beginOf, killNow, waitUntilGone } from './processes.ts';
import type { Launch } from './sandbox.ts';

export type Ending = {
  /** The exit code, once everything that was started has ended; null when a signal was its end. */
  readonly finished: Promise<number | null>;
  /** Has all of it ended, now. */
  kill(): void;
};

/**
 * How a run comes to its end. The first process of a namespace takes all others with it, and only then is it gone: it is
 * killed rather than the program that watches over it, and waited for.
 */
export function endOf(child: ChildProcess, init: Launch['init']): Ending {
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new CertusError('tool_failed', 'the tool cannot be started', { cause })),
    );
    child.once('exit', resolve);
  });
  exited.catch(() => undefined); // it is `finished` that tells
  if (init === 'guard') return guardedEnding(child, exited);
  const first = init === 'info_pipe' ? toldByPipe(child) : onlyChild(child, exited);
  const finished = async () => {
    const code = await exited;
    const known = await first;
    if (known !== undefined) await waitUntilGone(known.pid, known.since);
    return code;
  };
  return {
    finished: finished(),
    kill: () =>
      void first.then((known) => {
        const over = child.exitCode !== null || child.signalCode !== null; // and its number perhaps another's by now
        if (!over) killNow(known?.pid ?? (child.pid as number));
      }),
  };
}

type First = { readonly pid: number; readonly since: string } | undefined;

/** One that has ended already is not waited for: its number may be another's by now. */
async function firstOf(pid: number): Promise<First> {
  const since = await beginOf(pid);
  return since === undefined ? undefined : { pid, since };
}

/**
 * bubblewrap tells it before the program starts, or it closes the pipe because nothing was started. The pipe is read to its
 * end: bubblewrap writes more than this, would stumble over a closed one, and leave its first process waiting for ever.
 */
function toldByPipe(child: ChildProcess): Promise<First> {
  const pipe = child.stdio[3] as Readable;
  let text = '';
  return new Promise((resolve) => {
    pipe.on('data', (chunk: Buffer) => {
      text = `${text}${chunk}`.slice(0, MAX_INFO);
      const pid = /"child-pid"\s*:\s*(\d+)\D/.exec(text)?.[1];
      if (pid !== undefined) resolve(firstOf(Number(pid)));
    });
    pipe.once('close', () => resolve(undefined));
    pipe.once('error', () => resolve(undefined));
  });
}

const MAX_INFO = 4096;

async function onlyChild(child: ChildProcess, exited: Promise<unknown>): Promise<First> {
  let over = false;
  const noteEnd = () => {
    over = true;
  };
  exited.then(noteEnd, noteEnd);
  for (; !over; await new Promise((resolve) => setTimeout(resolve, 2))) {
    const pid = await firstChildOf(child.pid);
    if (pid !== undefined) return firstOf(pid);
  }
  return undefined;
}

async function firstChildOf(parent: number | undefined): Promise<number | undefined> {
  try {
    for (const thread of await readdir(`/proc/${parent}/task`)) {
      const children = await readFile(`/proc/${parent}/task/${thread}/children`, 'latin1');
      if (children.trim() !== '') return Number(children.trim().split(' ')[0]);
    }
  } catch (error) {
    if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  return undefined;
}

/** The guard ends all of it as soon as its input closes, and itself last. */
function guardedEnding(child: ChildProcess, exited: Promise<number | null>): Ending {
  const input = child.stdin as Writable;
  input.on('error', () => undefined); // it has ended already
  return { finished: exited, kill: () => void input.end() };
}
