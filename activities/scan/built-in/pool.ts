import { Piscina } from 'piscina';
import { CertusError } from '../../../contracts/errors.ts';
import type { ReportTask, ScanTask, ThreadAnswer, ThreadResult } from './thread-tasks.ts';

/** Threads of this worker for what must not hold up its event loop, and may have to be stopped in the middle. */
export type ThreadPool = {
  scan(task: ScanTask, signal: AbortSignal): Promise<ThreadResult>;
  interpret(task: ReportTask, signal: AbortSignal): Promise<ThreadResult>;
  close(): Promise<void>;
};

export type ThreadPoolOptions = { readonly threads: number; readonly memoryMb: number };

/** No thread is started before there is something to do, and none stays for long when there is nothing more. */
export function createThreadPool({ threads, memoryMb }: ThreadPoolOptions): ThreadPool {
  const pool = new Piscina<ScanTask | ReportTask, ThreadAnswer>({
    filename: new URL('./thread.ts', import.meta.url).href,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 10_000,
    env: {}, // not a thread's business: the worker's has passwords in it
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  });
  const run = async (
    name: string,
    task: ScanTask | ReportTask,
    signal: AbortSignal,
  ): Promise<ThreadResult> => {
    const answer = await pool.run(task, { name, signal }).catch((error: unknown) => {
      if (signal.aborted) throw signal.reason;
      throw outOfMemory(error, memoryMb);
    });
    if ('failure' in answer) throw new CertusError(answer.failure.code, answer.failure.message);
    return answer;
  };
  return {
    scan: (task, signal) => run('scan', task, signal),
    interpret: (task, signal) => run('interpret', task, signal),
    close: () => pool.destroy(),
  };
}

function outOfMemory(error: unknown, memoryMb: number): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  return new CertusError('tool_failed', `it needed more than ${memoryMb} MiB of memory`);
}
