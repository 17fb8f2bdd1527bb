import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { reasonOf, Unusable } from './unusable.ts';

export type Pooling = 'mean' | 'cls';

export type ModelFolder = {
  readonly model: Uint8Array;
  readonly tokenizer: object;
  readonly tokenizerConfig: object;
  /** So many tokens are read of a text, with those that the model puts around it. */
  readonly maxTokens: number;
  /** What fills up shorter texts, where the folder says so. */
  readonly padId: number | undefined;
  readonly padToken: string | undefined;
  readonly pooling: Pooling;
};

/** Reads a folder as sentence-transformers and its exporters write it. What we would do otherwise than they is an error. */
export function readModelFolder(folder: string): ModelFolder {
  const tokenizer = readJson(folder, 'tokenizer.json', TokenizerFile, 64 * MIB);
  const config = readJson(folder, 'config.json', Config, MIB);
  const tokenizerConfig = readOptional(folder, 'tokenizer_config.json', TokenizerConfig);
  const sentences = readOptional(folder, 'sentence_bert_config.json', Sentences);
  return {
    tokenizer,
    tokenizerConfig: tokenizerConfig ?? {},
    maxTokens: tokensRead(config, sentences?.max_seq_length ?? sane(tokenizerConfig?.model_max_length)),
    padId: tokenizer.padding?.pad_id ?? config.pad_token_id ?? undefined,
    padToken: nameOf(tokenizerConfig?.pad_token),
    pooling: poolingOf(folder),
    model: readModel(folder),
  };
}

const MIB = 1024 * 1024;
const MODEL_BYTES = 1024 * MIB;
/** More of a text says little more about it, takes time by the square, and memory too. */
const MOST_TOKENS = 512;

const Count = z.number().int().min(1);
const Id = z.number().int().min(0);
const TokenizerFile = z.looseObject({ padding: z.looseObject({ pad_id: Id }).nullish() });
const TokenizerConfig = z.looseObject({
  model_max_length: z.number().nullish(),
  pad_token: z.union([z.string(), z.looseObject({ content: z.string() })]).nullish(),
});
const Config = z.looseObject({
  model_type: z.string().optional(),
  max_position_embeddings: z.number().int().optional(),
  pad_token_id: Id.nullish(),
});
const Sentences = z.looseObject({ max_seq_length: Count.nullish() });
const Modules = z.array(z.looseObject({ type: z.string(), path: z.string().optional() })).max(16);

/** Where nobody has set a limit, exporters write 10^30. */
const sane = (length: number | null | undefined): number | undefined =>
  Count.max(1_000_000).safeParse(length ?? undefined).data;

function tokensRead(config: z.infer<typeof Config>, said: number | undefined): number {
  const { model_type: type = '', max_position_embeddings: positions = -1, pad_token_id: pad } = config;
  // models of RoBERTa's line count their positions from behind the padding
  const first = /roberta|camembert|mpnet/.test(type) ? (pad ?? 1) + 1 : 0;
  const most = positions < 1 ? MOST_TOKENS : positions - first;
  return Math.min(said ?? most, most, MOST_TOKENS);
}

const nameOf = (token: z.infer<typeof TokenizerConfig>['pad_token']): string | undefined =>
  typeof token === 'object' ? token?.content : token;

/** Vectors made in another way than the model was trained for look right and find the wrong things. */
function poolingOf(folder: string): Pooling {
  const modules = readOptional(folder, 'modules.json', Modules) ?? [];
  const unknown = modules.find(({ type }) => !/\.(Transformer|Pooling|Normalize)$/.test(type));
  if (unknown !== undefined)
    throw new Unusable(`modules.json names ${reasonOf(unknown.type)}, which is not supported`);
  const flags = readOptional(folder, '1_Pooling/config.json', z.record(z.string(), z.unknown())) ?? {};
  const ways = Object.keys(flags).filter((name) => /^pooling_mode_/.test(name) && flags[name] === true);
  if (typeof flags.pooling_mode === 'string') ways.push(flags.pooling_mode);
  const [way = 'mean', second] = ways.map((name) => POOLINGS[name]);
  if (ways.some((name) => !Object.hasOwn(POOLINGS, name)) || second !== undefined)
    throw new Unusable('1_Pooling/config.json asks for another pooling than mean or the first token');
  return way;
}

const POOLINGS: Readonly<Record<string, Pooling>> = {
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_cls_token: 'cls',
  mean: 'mean',
  cls: 'cls',
};

function readModel(folder: string): Uint8Array {
  for (const name of ['model.onnx', 'onnx/model.onnx', 'model_quantized.onnx', 'onnx/model_quantized.onnx']) {
    const bytes = readBounded(folder, name, MODEL_BYTES);
    if (bytes !== undefined) return bytes;
  }
  throw new Unusable('there is neither model.onnx nor onnx/model.onnx in it');
}

function readJson<T>(folder: string, name: string, schema: z.ZodType<T>, most: number): T {
  const bytes = readBounded(folder, name, most);
  if (bytes === undefined) throw new Unusable(`there is no ${name} in it`);
  try {
    return schema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (error) {
    if (error instanceof SyntaxError) throw new Unusable(`${name} is not JSON`);
    if (error instanceof z.ZodError) throw new Unusable(`${name} is not as such files are`);
    throw error;
  }
}

function readOptional<T>(folder: string, name: string, schema: z.ZodType<T>): T | undefined {
  const there = statSync(join(folder, name), { throwIfNoEntry: false }) !== undefined;
  return there ? readJson(folder, name, schema, MIB) : undefined;
}

/** Nothing where there is none. A pipe would never end. */
function readBounded(folder: string, name: string, most: number): Uint8Array | undefined {
  try {
    const file = join(folder, name);
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    if (!stats.isFile()) throw new Unusable(`${name} is not a file`);
    if (stats.size > most) throw new Unusable(`${name} is larger than ${most / MIB} MiB`);
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Unusable) throw error;
    throw new Unusable(`${name} cannot be read (${reasonOf(error)})`);
  }
}
