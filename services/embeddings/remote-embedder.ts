import pMap from 'p-map';
import { CertusError } from '../../contracts/errors.ts';
import { unitVector } from '../search/vector.ts';
import { type Ask, askServer } from './ask-server.ts';
import { inBatches } from './batches.ts';
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
      const batches = [...inBatches(texts, BATCH_TEXTS)];
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

function usable(values: readonly number[], dimension: number): Float32Array {
  if (values.length !== dimension)
    throw unusable(`vectors of ${values.length} values, where CERTUS_EMBEDDINGS_DIMENSION is ${dimension}`);
  const vector = unitVector(values);
  if (vector === undefined) throw unusable('a vector without a direction');
  return vector;
}

const unusable = (what: string): CertusError =>
  new CertusError('embedding_failed', `The embedding server answers with ${what}.`);
