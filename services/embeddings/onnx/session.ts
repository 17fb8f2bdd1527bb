import type { ModelFolder } from './model-folder.ts';
import { pool } from './pool.ts';
import type { Runtime, Session, Tensor } from './runtime.ts';
import { reasonOf, Unusable } from './unusable.ts';

export type Encoder = {
  /** One vector for each list of tokens. */
  readonly run: (batch: readonly (readonly number[])[]) => Promise<Float32Array[]>;
};

/** Opens a model that makes vectors of tokens, of whole sentences or of each token. */
export async function openEncoder(
  { onnx }: Runtime,
  { model, pooling }: Pick<ModelFolder, 'model' | 'pooling'>,
  padId: number,
): Promise<Encoder> {
  const session = await openSession(onnx, model);
  const inputs = session.inputNames.map((name) => inputOf(session, name));
  const output = outputOf(session);
  return {
    run: async (batch) => {
      const longest = Math.max(...batch.map((ids) => ids.length));
      const dims = [batch.length, longest];
      const feeds = Object.fromEntries(
        inputs.map(({ name, type, value }) => {
          const values = batch.flatMap((ids) =>
            Array.from({ length: longest }, (_, at) => value(ids[at], at, padId)),
          );
          const data = type === 'int64' ? BigInt64Array.from(values, BigInt) : Int32Array.from(values);
          return [name, new onnx.Tensor(type, data, dims)];
        }),
      );
      const made = (await session.run(feeds, [output]))[output];
      return vectorsOf(
        made,
        batch.map((ids) => ids.length),
        pooling,
      );
    },
  };
}

async function openSession(onnx: Runtime['onnx'], model: Uint8Array): Promise<Session> {
  try {
    const quiet = { logSeverityLevel: 4 };
    return await onnx.InferenceSession.create(model, { executionProviders: ['wasm'], ...quiet });
  } catch (error) {
    throw new Unusable(`the ONNX model cannot be opened: ${reasonOf(error)}`);
  }
}

/** `undefined` stands where a text has come to its end and others have not. */
type Value = (id: number | undefined, at: number, padId: number) => number;
const INPUTS: Readonly<Record<string, Value>> = {
  input_ids: (id, _, padId) => id ?? padId,
  attention_mask: (id) => (id === undefined ? 0 : 1),
  token_type_ids: () => 0,
  position_ids: (_, at) => at,
};

function inputOf({ inputNames, inputMetadata }: Session, name: string) {
  const value = Object.hasOwn(INPUTS, name) ? INPUTS[name] : undefined;
  if (value === undefined || !inputNames.includes('input_ids'))
    throw new Unusable(`the ONNX model does not read texts: it asks for ${reasonOf(name)}`);
  const type = inputMetadata.find((input) => input.name === name)?.type;
  if (type !== 'int64' && type !== 'int32')
    throw new Unusable(`the ONNX model takes ${name} as ${reasonOf(type)}, and not as whole numbers`);
  return { name, type, value } as const;
}

/** A model that ends with the pooling it was trained with knows best. */
function outputOf({ outputNames }: Session): string {
  const known = ['sentence_embedding', 'last_hidden_state', 'token_embeddings'];
  const output =
    known.find((name) => outputNames.includes(name)) ??
    (outputNames.length === 1 ? outputNames[0] : undefined);
  if (output === undefined)
    throw new Unusable(`the ONNX model has no output that is called ${known.join(' or ')}`);
  return output;
}

function vectorsOf(
  made: Tensor | undefined,
  lengths: readonly number[],
  pooling: ModelFolder['pooling'],
): Float32Array[] {
  const { data, dims = [] } = made ?? {};
  const [texts, tokens = 1] = dims.length === 3 ? dims : [dims[0]];
  const dimension = dims.at(-1) ?? 0;
  const isWhole = dims.length === 2 || (dims.length === 3 && tokens === Math.max(...lengths));
  if (
    !(data instanceof Float32Array) ||
    !isWhole ||
    texts !== lengths.length ||
    data.length !== texts * tokens * dimension
  )
    throw new Unusable('the ONNX model answers with something else than vectors of its tokens');
  return lengths.map((length, n) =>
    dims.length === 2
      ? data.slice(n * dimension, (n + 1) * dimension)
      : pool(data, { at: n * tokens * dimension, tokens: length, dimension }, pooling),
  );
}
