import { createHash } from 'node:crypto';
import { unitVector } from '../../search/vector.ts';
import { type ModelFolder, readModelFolder } from './model-folder.ts';
import { loadRuntime, RUNTIME_PACKAGES, type Tokenizer } from './runtime.ts';
import { type Encoder, openEncoder } from './session.ts';
import { openTokens, type Tokens } from './tokens.ts';
import { reasonOf, Unusable } from './unusable.ts';

export type SentenceModel = {
  readonly name: string;
  readonly dimension: number;
  readonly embed: (texts: readonly string[]) => Promise<Float32Array[]>;
};

/** Opens the model of a folder and tries it: what could fail with any text fails here. */
export async function openSentenceModel(folder: string, runtimeFolder: string): Promise<SentenceModel> {
  const runtime = loadRuntime(runtimeFolder);
  const files = readModelFolder(folder);
  const tokenizer = openTokenizer(runtime.tokenizers.Tokenizer, files);
  const tokens = openTokens(tokenizer, files.maxTokens);
  const encoder = await openEncoder(runtime, files, padIdOf(files, tokenizer));
  const { dimension, inBatches } = await tried(encoder, tokens);
  return {
    name: nameOf(files),
    dimension,
    embed: async (texts) => {
      const all = texts.map(tokens.of);
      // a text without any token has no direction, and whoever asked is told so
      const vectors = all.map((): Float32Array => new Float32Array(dimension));
      for (const some of runsOf(all, inBatches)) {
        const made = await encoder.run(some.map((at) => all[at] ?? []));
        for (const [n, at] of some.entries()) vectors[at] = made[n] ?? new Float32Array(dimension);
      }
      return vectors;
    },
  };
}

function openTokenizer(Constructor: new (json: object, config: object) => Tokenizer, files: ModelFolder) {
  try {
    return new Constructor(files.tokenizer, files.tokenizerConfig);
  } catch (error) {
    throw new Unusable(`tokenizer.json cannot be used: ${reasonOf(error)}`);
  }
}

/** Some models number their tokens by it, so any other would do harm behind any mask. */
const padIdOf = ({ padId, padToken }: ModelFolder, tokenizer: Tokenizer): number =>
  padId ?? (padToken === undefined ? undefined : tokenizer.token_to_id(padToken)) ?? 0;

/** By content: a model that is replaced where it lies is another. */
function nameOf({ model, tokenizer, tokenizerConfig, pooling, maxTokens }: ModelFolder): string {
  const rest = JSON.stringify({ tokenizer, tokenizerConfig, pooling, maxTokens, by: RUNTIME_PACKAGES });
  return `onnx:${createHash('sha256').update(model).update(rest).digest('hex')}`;
}

/**
 * Models with eight-bit arithmetic round by the whole batch, some were exported for one text, and some read their
 * padding: with these a vector would depend on which texts came with it, so they get one at a time.
 */
async function tried(encoder: Encoder, tokens: Tokens): Promise<{ dimension: number; inBatches: boolean }> {
  const [short, long] = [
    tokens.of('a'),
    tokens.of('It says what a text means, in many numbers, one by one.'),
  ];
  const alone = [await first(encoder, short), await first(encoder, long)];
  await first(encoder, tokens.most());
  const together = await encoder.run([short, long]).catch(() => undefined);
  const isSame = together?.every((vector, n) => isClose(unitVector(vector), alone[n])) ?? false;
  return { dimension: alone[0]?.length ?? 0, inBatches: isSame };
}

async function first(encoder: Encoder, ids: readonly number[]): Promise<Float32Array> {
  const [made] = await encoder.run([ids]).catch((error: unknown) => {
    throw error instanceof Unusable ? error : new Unusable(`the ONNX model fails: ${reasonOf(error)}`);
  });
  const vector = made && unitVector(made);
  if (vector === undefined) throw new Unusable('the ONNX model answers with a vector without a direction');
  return vector;
}

const isClose = (a: Float32Array | undefined, b: Float32Array | undefined): boolean =>
  a?.length === b?.length && (a?.every((value, n) => Math.abs(value - (b?.[n] ?? 0)) < 1e-4) ?? false);

/** With padding: what attention takes grows with the square of the longest. */
const RUN_TOKENS = 2048;

/** Texts of much the same length go together. */
function* runsOf(all: readonly (readonly number[])[], inBatches: boolean): Generator<number[]> {
  const length = (at: number) => all[at]?.length ?? 0;
  let run: number[] = [];
  for (const at of [...all.keys()].filter(length).sort((a, b) => length(a) - length(b))) {
    if (run.length > 0 && (!inBatches || (run.length + 1) * length(at) > RUN_TOKENS)) {
      yield run;
      run = [];
    }
    run.push(at);
  }
  if (run.length > 0) yield run;
}
