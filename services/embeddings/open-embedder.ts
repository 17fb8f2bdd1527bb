import { resolve } from 'node:path';
import { ConfigurationError } from '../config/load.ts';
import type { Settings } from '../config/settings.ts';
import type { Embedder } from './embedder.ts';

type Needed = Pick<
  Settings,
  | 'CERTUS_EMBEDDINGS'
  | 'CERTUS_EMBEDDINGS_URL'
  | 'CERTUS_EMBEDDINGS_MODEL'
  | 'CERTUS_EMBEDDINGS_DIMENSION'
  | 'CERTUS_EMBEDDINGS_KEY_FILE'
  | 'CERTUS_EMBEDDINGS_RUNTIME'
>;

/** What embeds texts; nothing does where it is off. */
export async function openEmbedder(settings: Needed): Promise<Embedder | undefined> {
  const { CERTUS_EMBEDDINGS: kind, CERTUS_EMBEDDINGS_URL: url, CERTUS_EMBEDDINGS_MODEL: model } = settings;
  if (kind === 'off') return undefined;
  if (kind === 'onnx') return openOnnx(settings);
  const missing = [
    ...(url === undefined ? ['CERTUS_EMBEDDINGS_URL: where the embedding server is'] : []),
    ...(model === undefined ? ['CERTUS_EMBEDDINGS_MODEL: which model it is asked for'] : []),
  ];
  if (url === undefined || model === undefined) throw new ConfigurationError(missing);
  const { remoteEmbedder } = await import('./remote-embedder.ts');
  const { OLLAMA, OPENAI } = await import('./protocols.ts');
  return remoteEmbedder({
    protocol: kind === 'ollama' ? OLLAMA : OPENAI,
    url,
    model,
    dimension: settings.CERTUS_EMBEDDINGS_DIMENSION,
    keyFile: settings.CERTUS_EMBEDDINGS_KEY_FILE,
  });
}

/** Nobody else loads a byte of it. */
async function openOnnx({
  CERTUS_EMBEDDINGS_MODEL: model,
  CERTUS_EMBEDDINGS_RUNTIME: runtime,
  CERTUS_EMBEDDINGS_DIMENSION: dimension,
}: Needed): Promise<Embedder> {
  const { installCommand } = await import('./onnx/runtime.ts');
  if (model === undefined || runtime === undefined)
    throw new ConfigurationError([
      ...(model === undefined ? ['CERTUS_EMBEDDINGS_MODEL: the folder of the model'] : []),
      ...(runtime === undefined
        ? [`CERTUS_EMBEDDINGS_RUNTIME: a folder, after ${installCommand('FOLDER')}`]
        : []),
    ]);
  const { openOnnxEmbedder } = await import('./onnx/onnx-embedder.ts');
  return openOnnxEmbedder({ folder: resolve(model), runtime, dimension });
}
