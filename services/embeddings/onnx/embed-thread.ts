import { parentPort, workerData } from 'node:worker_threads';
import { openSentenceModel, type SentenceModel } from './sentence-model.ts';
import type { EmbedAnswer, EmbedTask, ThreadData } from './thread-task.ts';
import { Unusable } from './unusable.ts';

// The entry of a thread: a model computes for seconds without a pause, and is ended from outside when it does not end.

const { folder, runtime } = workerData as ThreadData;
let opened: Promise<SentenceModel> | undefined;

async function answer({ texts }: EmbedTask): Promise<EmbedAnswer> {
  try {
    opened ??= openSentenceModel(folder, runtime);
    const { name: model, dimension, embed } = await opened;
    const made = await embed(texts);
    const vectors = new Float32Array(made.length * dimension);
    for (const [n, vector] of made.entries()) vectors.set(vector, n * dimension);
    return { model, dimension, vectors };
  } catch (error) {
    if (error instanceof Unusable) return { unusable: error.message, setting: error.setting };
    // its message could have something of a text in it
    return { failure: error instanceof Error ? error.name : 'something was thrown' };
  }
}

parentPort?.on('message', async (task: EmbedTask) => {
  const result = await answer(task);
  parentPort?.postMessage(result, 'vectors' in result ? [result.vectors.buffer as ArrayBuffer] : []);
});
