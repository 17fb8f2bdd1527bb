import pMap from 'p-map';
import { CertusError } from '../../contracts/errors.ts';
import { unitVector } from '../search/vector.ts';
import { type Ask, askServer } from './ask-server.ts';
import type { Embedder } from './embedder.ts';
import type { Protocol } from './protocols.ts';

export type RemoteOptions = {
  readonly protocol: Protocol;
  readonly url: string;
  readonly model: string;
  readonly dimension: number;
  readonly keyFile?: string | undefined;
  /** How long a server that is overrun or away is asked again. */
  readonly patience?: number;
};

/** Asks a server, which sees what has been masked and nothing else. */
export function remoteEmbedder(options: RemoteOptions): Embedder {
  const { protocol, model, dimension } = options;
  const url = `${options.url.replace(/\/+$/, '')}${protocol.path}`;
  return {
    model,
    dimension,
    embed: async (texts, signal) => {
      const batches = [...inBatches(texts)];
      const vectors = await pMap(
        batches,
        (batch) => askServer(asking(batch), { ...options, url, signal }),
        // one is computed while the other is on its way
        { concurrency: 2, stopOnError: true },
      );
      return vectors.flat();
    },
  };

  function asking(texts: readonly string[]): Ask<Float32Array[]> {
    return {
      body: JSON.stringify(protocol.request(model, texts)),
      maxBytes: 64 * 1024 + texts.length * dimension * CHARACTERS_OF_A_NUMBER,
      read: (answer) => {
        const vectors = protocol.read(answer);
        if (vectors.length !== texts.length)
          throw unusable(`${texts.length} texts, and ${vectors.length} vectors for them`);
        return vectors.map((values) => usable(values, dimension));
      },
    };
  }
}

const CHARACTERS_OF_A_NUMBER = 32;
const BATCH_TEXTS = 64;
const BATCH_CHARACTERS = 128 * 1024;
/** Models of today read a few thousand tokens, and what means something to a search stands in front of that. */
const TEXT_CHARACTERS = 8_000;

function* inBatches(texts: readonly string[]): Generator<string[]> {
  let batch: string[] = [];
  let size = 0;
  for (const text of texts) {
    const cut = text.slice(0, TEXT_CHARACTERS).toWellFormed();
    if (batch.length === BATCH_TEXTS || (batch.length > 0 && size + cut.length > BATCH_CHARACTERS)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(cut);
    size += cut.length;
  }
  if (batch.length > 0) yield batch;
}

function usable(values: readonly number[], dimension: number): Float32Array {
  if (values.length !== dimension)
    throw unusable(`vectors of ${values.length} values, where CERTUS_EMBEDDINGS_DIMENSION is ${dimension}`);
  const vector = unitVector(values);
  if (vector === undefined) throw unusable('a vector without a direction');
  return vector;
}

const unusable = (what: string): CertusError =>
  new CertusError('embedding_failed', `The embedding server answers with ${what}.`);
