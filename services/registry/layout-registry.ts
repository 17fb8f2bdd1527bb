import { isAbsolute, join } from 'node:path';
import { CertusError } from '../../contracts/errors.ts';
import { blobFile } from './blob-file.ts';
import { checkBytes, checkManifest, describeManifest, MAX_BLOB, MAX_MANIFEST } from './content.ts';
import { layoutFiles } from './layout-files.ts';
import {
  addManifest,
  EMPTY_INDEX,
  findManifest,
  type LayoutIndex,
  parseIndex,
  removeManifest,
  tagOf,
} from './layout-index.ts';
import { checkDigest, checkReference, checkRepository, checkTag, personalTags } from './names.ts';
import type { Registry } from './registry.ts';

/** A registry in a folder: an OCI image layout for each repository, which stock tools read as `oci:<folder>:<tag>`. */
export const openLayoutRegistry = (root: string): Registry =>
  layouts(root, (repository) => checkRepository(repository).split('/'));

/** One image layout, wherever it was put and whatever its folder is called; it has no repositories. */
export const openImageLayout = (
  folder: string,
): Pick<Registry, 'pullManifest' | 'pullBlob' | 'downloadBlob' | 'referrers' | 'tags'> =>
  layouts(folder, () => []);

const layouts = (root: string, folder: (repository: string) => readonly string[]): Registry => {
  if (!isAbsolute(root))
    throw new CertusError('invalid_request', `A registry needs an absolute path, not ${root}`);
  const files = layoutFiles(root);
  const blob = (repository: string, digest: string) => [
    ...folder(repository),
    'blobs',
    ...checkDigest(digest).split(':'),
  ];
  const indexPath = (repository: string) => [...folder(repository), 'index.json'];

  const readIndex = async (repository: string): Promise<LayoutIndex | undefined> => {
    const bytes = await files.read(indexPath(repository), MAX_INDEX);
    return bytes === undefined ? undefined : parseIndex(bytes, join(root, ...indexPath(repository)));
  };

  const pushBlob: Registry['pushBlob'] = async (repository, digest, body) => {
    const path = blob(repository, digest);
    if (body instanceof Uint8Array) checkBytes(body, digest, 'The blob');
    await files.prepare();
    const marker = [...folder(repository), 'oci-layout'];
    if (!(await files.has(marker))) await files.write(marker, LAYOUT, { ifAbsent: true });
    // Replaced even when it is there: the one way a damaged blob heals.
    if (body instanceof Uint8Array) return files.write(path, body);
    const check = ({ sha256, size }: { sha256: string; size: number }): void => {
      if (`sha256:${sha256}` !== digest || size !== body.size) throw changed(repository, digest);
    };
    return files.write(path, await body.open(), { check });
  };

  const downloadBlob: Registry['downloadBlob'] = async (repository, { digest, size }, file, signal) => {
    const handle = await files.open(blob(repository, digest));
    if (handle === undefined)
      throw new CertusError('object_not_found', `There is no blob ${digest} in ${repository}`);
    const writer = await blobFile(file, signal);
    try {
      const write = await writer.begin();
      // one byte more than there should be is enough to see that it is another
      for await (const chunk of handle.createReadStream({ end: size, autoClose: false }))
        await write(chunk as Buffer);
    } finally {
      await writer.close();
      await handle.close();
    }
    writer.require({ digest, size }, repository);
  };

  const pullBlob: Registry['pullBlob'] = async (repository, digest, limit = MAX_BLOB) => {
    const bytes = await files.read(blob(repository, digest), limit);
    if (bytes === undefined)
      throw new CertusError('object_not_found', `There is no blob ${digest} in ${repository}`);
    return checkBytes(bytes, digest, `The blob in ${repository}`);
  };

  return {
    hasBlob: async (repository, digest) => files.has(blob(repository, digest)),
    pushBlob,
    pullBlob,
    downloadBlob,
    pushManifest: async (repository, bytes, mediaType, tag) => {
      checkRepository(repository);
      if (tag !== undefined) checkTag(tag);
      const manifest = checkManifest(bytes, mediaType);
      for (const { digest } of [
        manifest.config ?? [],
        manifest.layers ?? [],
        manifest.manifests ?? [],
      ].flat()) {
        if (await files.has(blob(repository, digest))) continue;
        throw new CertusError(
          'registry_refused',
          `The manifest names ${digest}, which ${repository} does not hold`,
        );
      }
      const descriptor = describeManifest(manifest, bytes, mediaType);
      await pushBlob(repository, descriptor.digest, bytes);
      // the index may name nothing that a power cut could still take away
      await files.sync([...folder(repository), 'blobs', 'sha256']);
      await files.locked(repository, async () => {
        const before = (await readIndex(repository)) ?? EMPTY_INDEX;
        const after = addManifest(before, descriptor, tag);
        if (after !== before)
          await files.write(indexPath(repository), Buffer.from(`${JSON.stringify(after, null, 2)}\n`));
      });
      await files.sync(folder(repository));
      return { bytes, mediaType, digest: descriptor.digest };
    },
    pullManifest: async (repository, reference) => {
      checkReference(reference);
      const index = await readIndex(repository);
      const found = index && findManifest(index, reference);
      if (found === undefined) return undefined;
      const bytes = await pullBlob(repository, found.digest, MAX_MANIFEST);
      return { bytes, mediaType: found.mediaType, digest: found.digest };
    },
    referrers: async (repository, digest) => {
      checkDigest(digest);
      const index = await readIndex(repository);
      // a manifest with several tags is listed under each
      const known = new Map((index?.manifests ?? []).map((entry) => [entry.digest, entry]));
      const all = [...known.values()].map(async (entry) => {
        const bytes = await pullBlob(repository, entry.digest, MAX_MANIFEST);
        return checkManifest(bytes, entry.mediaType).subject?.digest === digest ? entry : [];
      });
      return (await Promise.all(all)).flat();
    },
    withdraw: async (repository, tag) => {
      checkRepository(repository);
      checkTag(tag);
      await files.prepare();
      return files.locked(repository, async () => {
        const before = (await readIndex(repository)) ?? EMPTY_INDEX;
        const named = findManifest(before, tag);
        if (named === undefined) return 'absent';
        const after = removeManifest(before, named.digest);
        await files.write(indexPath(repository), Buffer.from(`${JSON.stringify(after, null, 2)}\n`));
        await files.sync(folder(repository));
        return 'withdrawn';
      });
    },
    tags: async (repository) => {
      const index = await readIndex(repository);
      return personalTags((index?.manifests ?? []).flatMap((entry) => tagOf(entry) ?? []));
    },
    reference: (repository, tag) => `oci:${join(root, ...folder(repository))}:${checkTag(tag)}`,
    ping: () => files.prepare(),
  };
};

const changed = (repository: string, digest: string) =>
  new CertusError('digest_mismatch', `The blob for ${repository} is not ${digest}`);

const LAYOUT = Buffer.from('{"imageLayoutVersion":"1.0.0"}\n');

/** Holds every tag of a repository, so it may grow beyond what one manifest may. */
const MAX_INDEX = 64 * 1024 * 1024;
