import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { reasonOf, Unusable } from './unusable.ts';

/**
 * Not among our dependencies: 150 MB on disk that few need. As WebAssembly, and not as a native library: a broken model
 * cannot take the process with it, nor reach a file, and nothing is downloaded when it is installed.
 */
export const RUNTIME_PACKAGES = { 'onnxruntime-web': '1.30.0', '@huggingface/tokenizers': '0.2.0' } as const;

/** As a person types it. */
export const installCommand = (folder: string): string =>
  `npm install --ignore-scripts --prefix ${folder} ${Object.entries(RUNTIME_PACKAGES)
    .map(([name, version]) => `${name}@${version}`)
    .join(' ')}`;

/** As much of it as is used here; its own types are where it is installed. */
export type Tensor = { readonly type: string; readonly dims: readonly number[]; readonly data: unknown };
export type Session = {
  readonly inputNames: readonly string[];
  readonly inputMetadata: readonly { readonly name: string; readonly type?: string }[];
  readonly outputNames: readonly string[];
  run(feeds: Record<string, Tensor>, outputs: readonly string[]): Promise<Record<string, Tensor>>;
};
type OnnxRuntime = {
  readonly env: { logLevel: string; readonly wasm: { numThreads: number } };
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> };
  readonly Tensor: new (
    type: 'int64' | 'int32',
    data: BigInt64Array | Int32Array,
    dims: readonly number[],
  ) => Tensor;
};
export type Tokenizer = {
  encode(
    text: string,
    options: { readonly add_special_tokens: boolean },
  ): { readonly ids: readonly number[] };
  token_to_id(token: string): number | undefined;
};
type Tokenizers = { readonly Tokenizer: new (json: object, config: object) => Tokenizer };

export type Runtime = { readonly onnx: OnnxRuntime; readonly tokenizers: Tokenizers };

/** In the thread of a model alone. */
export function loadRuntime(folder: string): Runtime {
  limitMemory();
  const onnx = load(folder, 'onnxruntime-web') as OnnxRuntime;
  // further threads would each be another that has to end with this one
  onnx.env.wasm.numThreads = 1;
  onnx.env.logLevel = 'fatal';
  return { onnx, tokenizers: load(folder, '@huggingface/tokenizers') as Tokenizers };
}

/** Another version may make other vectors of the same texts: they could not be compared with what is in the index. */
function load(folder: string, name: keyof typeof RUNTIME_PACKAGES): unknown {
  const missing = (how: string) =>
    new Unusable(
      `${name} ${RUNTIME_PACKAGES[name]} is not in ${folder}${how}: ${installCommand(folder)}`,
      'CERTUS_EMBEDDINGS_RUNTIME',
    );
  let version: unknown;
  try {
    const described: unknown = JSON.parse(
      readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'),
    );
    version = (described as { version?: unknown } | null)?.version;
  } catch (error) {
    throw missing(` (${reasonOf(error)})`);
  }
  if (version !== RUNTIME_PACKAGES[name]) throw missing(', but another version');
  try {
    return createRequire(join(folder, 'package.json'))(name);
  } catch (error) {
    throw missing(` as a whole (${reasonOf(error)})`);
  }
}

const MEMORY_PAGES = 2 ** 15; // of 64 KiB each

type MemoryWanted = { readonly initial: number; readonly maximum?: number; readonly shared?: boolean };
type WithMemory = { readonly WebAssembly: { Memory: new (wanted: MemoryWanted) => object } };

/** The runtime takes 4 GiB when a model asks for them. No limit of the thread counts what WebAssembly holds. */
function limitMemory(): void {
  const { WebAssembly: assembly } = globalThis as unknown as WithMemory;
  assembly.Memory = class extends assembly.Memory {
    constructor(wanted: MemoryWanted) {
      super({ ...wanted, maximum: Math.min(wanted.maximum ?? MEMORY_PAGES, MEMORY_PAGES) });
    }
  };
}
