import { Worker } from 'node:worker_threads';
import { CertusError } from '../../../contracts/errors.ts';
import type { EmbedAnswer, EmbedTask, ThreadData } from './thread-task.ts';

export type ModelThread = {
  /** One after the other. */
  readonly ask: (task: EmbedTask, limitMs: number) => Promise<EmbedAnswer>;
  /** Ends it. Asked again, another thread opens the model anew. */
  readonly end: () => Promise<void>;
};

/** The thread that holds a model, started when it is asked and kept: to open a model takes longer than to use it. */
export function modelThread(data: ThreadData): ModelThread {
  let worker: Worker | undefined;
  const end = async () => {
    const ended = worker;
    worker = undefined;
    await ended?.terminate();
  };
  return {
    ask: async (task, limitMs) => {
      worker ??= start(data, (gone) => {
        if (worker === gone) worker = undefined;
      });
      try {
        return await answered(worker, task, limitMs);
      } catch (error) {
        await end();
        throw error;
      }
    },
    end,
  };
}

function start(workerData: ThreadData, gone: (worker: Worker) => void): Worker {
  const worker = new Worker(new URL('./embed-thread.ts', import.meta.url), {
    name: 'embed',
    workerData,
    env: {}, // not a thread's business: the process's has passwords in it
    resourceLimits: { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 16 },
  });
  // also while nobody asks it: an error that nobody hears would end the process
  return worker.on('error', () => gone(worker)).on('exit', () => gone(worker));
}

async function answered(worker: Worker, task: EmbedTask, limitMs: number): Promise<EmbedAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<EmbedAnswer>();
  const failed = (error: unknown) => reject(diedOf(error));
  const left = () => reject(diedOf(undefined));
  const timer = setTimeout(() => reject(late()), limitMs);
  worker.once('message', resolve).once('error', failed).once('exit', left);
  worker.ref();
  try {
    worker.postMessage(task);
    return await promise;
  } finally {
    clearTimeout(timer);
    worker.off('message', resolve).off('error', failed).off('exit', left);
    // with nobody waiting for it, it must not keep a process from ending
    worker.unref();
  }
}

const late = () => new CertusError('dependency_unavailable', 'The embedding model does not answer in time.');

function diedOf(error: unknown): CertusError {
  const isFull = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  const reason = isFull ? 'takes too much memory' : 'has ended its thread';
  return new CertusError('embedding_failed', `The embedding model ${reason}.`, { cause: error });
}
