import { CertusError } from '../../../contracts/errors.ts';
import { ConfigurationError } from '../../config/load.ts';
import { Turns } from '../../privacy/turns.ts';
import { unitVector } from '../../search/vector.ts';
import { inBatches } from '../batches.ts';
import type { Embedder } from '../embedder.ts';
import { modelThread } from './model-thread.ts';
import type { EmbedAnswer } from './thread-task.ts';

export type OnnxOptions = {
  /** As sentence-transformers and its exporters write it. */
  readonly folder: string;
  /** Where ONNX Runtime is installed. */
  readonly runtime: string;
  readonly dimension: number;
  /** How long a model may take to open, and for each text. */
  readonly openMs?: number;
  readonly textMs?: number;
};

/** Embeds in this process, in a thread of its own. Whatever is wrong with a model or the runtime is found here, at the start. */
export async function openOnnxEmbedder(options: OnnxOptions): Promise<Embedder> {
  const { folder, runtime, dimension, openMs = 45_000, textMs = 20_000 } = options;
  const thread = modelThread({ folder, runtime });
  const { model } = await opened();
  const turns = new Turns(1);
  return {
    model,
    dimension,
    embed: async (texts, signal) => {
      const vectors: Float32Array[] = [];
      for (const batch of inBatches(texts, BATCH_TEXTS)) {
        const asked = turns.take(async () => {
          signal.throwIfAborted();
          const answer = await thread.ask({ texts: batch }, openMs + batch.length * textMs);
          if (!isGood(answer)) await thread.end();
          return answer;
        });
        vectors.push(...unitVectors(await unlessAborted(asked, signal), batch.length));
      }
      return vectors;
    },
    close: thread.end,
  };

  async function opened(): Promise<{ readonly model: string }> {
    try {
      const answer = await thread.ask({ texts: [] }, openMs);
      if ('vectors' in answer && answer.dimension === dimension) return answer;
      await thread.end();
      throw new ConfigurationError([faultOf(answer)]);
    } catch (error) {
      if (!(error instanceof CertusError)) throw error;
      throw new ConfigurationError([`CERTUS_EMBEDDINGS_MODEL: ${folder}: ${error.message}`]);
    }
  }

  function faultOf(answer: EmbedAnswer): string {
    if ('vectors' in answer)
      return `CERTUS_EMBEDDINGS_DIMENSION: ${dimension}, but the model in ${folder} gives vectors of ${answer.dimension} values`;
    if ('failure' in answer)
      return `CERTUS_EMBEDDINGS_MODEL: ${folder}: the model cannot be opened (${answer.failure})`;
    const { setting, unusable } = answer;
    return setting === 'CERTUS_EMBEDDINGS_MODEL'
      ? `${setting}: ${folder}: ${unusable}`
      : `${setting}: ${unusable}`;
  }

  function isGood(answer: EmbedAnswer): answer is Extract<EmbedAnswer, { vectors: Float32Array }> {
    return 'vectors' in answer && answer.model === model;
  }

  function unitVectors(answer: EmbedAnswer, count: number): Float32Array[] {
    if ('failure' in answer) throw failed(`fails (${answer.failure})`);
    // the thread was started anew, and what it found in the folder is no longer what the index was made with
    if (!isGood(answer)) throw failed('is no longer the one of the start');
    return Array.from({ length: count }, (_, n) => {
      const vector = unitVector(answer.vectors.subarray(n * dimension, (n + 1) * dimension));
      if (vector?.length !== dimension) throw failed('gives a vector without a direction');
      return vector;
    });
  }
}

/** A question may be asked between two of them. */
const BATCH_TEXTS = 16;

const failed = (how: string): CertusError =>
  new CertusError('embedding_failed', `The embedding model ${how}.`);

/** Who gives up waits no longer; the model computes to the end of the batch, for it knows no stopping. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
