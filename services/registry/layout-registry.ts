import { isAbsolute, join } from 'node:path';
import { CertusError } from '../../contracts/errors.ts';
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
export const openLayoutRegistry = (root: string): Registry => {
  if (!isAbsolute(root))
    throw new CertusError('invalid_request', `A registry needs an absolute path, not ${root}`);
  const files = layoutFiles(root);
  const folder = (repository: string) => checkRepository(repository).split('/');
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

  const pushBlob: Registry['pushBlob'] = async (repository, digest, bytes) => {
    const path = blob(repository, digest);
    checkBytes(bytes, digest, 'The blob');
    await files.prepare();
    const marker = [...folder(repository), 'oci-layout'];
    if (!(await files.has(marker))) await files.write(marker, LAYOUT, { ifAbsent: true });
    // Replaced even when it is there: the one way a damaged blob heals.
    await files.write(path, bytes);
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

const LAYOUT = Buffer.from('{"imageLayoutVersion":"1.0.0"}\n');

/** Holds every tag of a repository, so it may grow beyond what one manifest may. */
const MAX_INDEX = 64 * 1024 * 1024;
