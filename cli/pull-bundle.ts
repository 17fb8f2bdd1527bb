import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pMap from 'p-map';
import { BUNDLE, MAX_FILES } from '../contracts/bundle.ts';
import { CertusError } from '../contracts/errors.ts';
import type { BundleContent } from '../domain/custody/verify-bundle.ts';
import { BUNDLE_ARTIFACT_TYPE, describeArtifact } from '../services/registry/artifact.ts';
import type { NamedArtifact } from '../services/registry/artifact-reference.ts';

export type Pulled = { readonly digest: string; readonly content: BundleContent };

const LIMITS = { totalBytes: 64 * 1024 ** 3, documentBytes: 16 * 1024 ** 2 };

/** Streams an artifact into a folder, a file a layer, each held to the digest under which the manifest lists it. */
export async function pullBundle(
  { registry, repository, reference }: NamedArtifact,
  folder: string,
  limits = LIMITS,
): Promise<Pulled> {
  const artifact = await describeArtifact(registry, repository, reference, limits.totalBytes, {
    anyCase: true,
  });
  const { digest, artifactType, layers } = artifact;
  if (artifactType !== BUNDLE_ARTIFACT_TYPE) throw refused(`${digest} is of another type`);
  if (layers.length > MAX_FILES) throw refused(`${digest} has more than ${MAX_FILES} files`);
  const files = new Map<string, { sha256: string; size: number }>();
  const statements = new Map<string, Uint8Array>();
  let indexBytes: Uint8Array | undefined;
  const bring = async (layer: (typeof layers)[number]): Promise<void> => {
    const { name, size } = layer;
    const isDocument = name === BUNDLE.index || name.startsWith(BUNDLE.statements);
    if (isDocument && size > limits.documentBytes)
      throw new CertusError('object_too_large', `${name} is larger than ${limits.documentBytes} bytes`);
    const file = join(folder, name);
    await takeName(file, name);
    await registry.downloadBlob(repository, layer, file);
    if (name === BUNDLE.index) indexBytes = await read(file);
    else if (isDocument) statements.set(name, await read(file));
    else files.set(name, { sha256: layer.digest.slice('sha256:'.length), size });
  };
  await pMap(layers, bring, { concurrency: 4 });
  if (indexBytes === undefined) throw refused(`${digest} has no ${BUNDLE.index}`);
  return { digest, content: { indexBytes, statements, files } };
}

/** Two names that this disk takes for one would else be one file, of whichever came last. */
async function takeName(file: string, name: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await (await open(file, 'wx', 0o600)).close();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EEXIST', 'ENOTDIR', 'EISDIR'].includes(code)) throw error;
    throw refused(`${name} and another file have one name on this disk`);
  }
}

async function read(file: string): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

const refused = (why: string) => new CertusError('bundle_invalid', `Not a bundle: ${why}`);
