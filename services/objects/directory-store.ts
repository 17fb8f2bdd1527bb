import { hash } from 'node:crypto';
import { chmod, type FileHandle, mkdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { Readable } from 'node:stream';
import { CertusError } from '../../contracts/errors.ts';
import { onDisk } from '../files/failure.ts';
import { findFolder, makeFolder } from '../files/folder.ts';
import { openPlainFile } from '../files/plain-file.ts';
import { type StagedFile, stageFile, sweepStagedFiles } from '../files/staged-file.ts';
import { checkAnnounced, noLongerThan } from './announced.ts';
import { describeFile } from './directory-info.ts';
import { listFolder } from './directory-listing.ts';
import { publish, unpublish } from './directory-publish.ts';
import { pruneRecords, removeRecord, writeRecord } from './directory-records.ts';
import { checkBucketName, checkKey, checkPrefix } from './names.ts';
import { checkedOptions } from './put-options.ts';
import { checkRange, mismatch, notFound, reported, tooLarge, verified } from './reading.ts';
import { requireFree } from './retention.ts';
import { lookingAfter } from './source.ts';
import type {
  Bucket,
  BucketOptions,
  ObjectInfo,
  ObjectStore,
  PutOptions,
  PutResult,
  ReadableBucket,
} from './store.ts';

/** Objects as plain files, `<root>/<bucket>/<key>`; what files cannot say lies in `<root>/.meta`. */
export const openDirectoryStore = (root: string): ObjectStore => {
  if (!isAbsolute(root))
    throw new CertusError('invalid_request', `An object store needs an absolute path, not ${root}`);
  return {
    bucket: async (name, options = {}) => {
      checkBucketName(name);
      await onDisk(`open the object store ${root}`, async () => {
        await mkdir(root, { recursive: true });
        await sweepStagedFiles(await makeFolder(root, [STAGING]), Date.now());
        await makeFolder(root, [name]);
      });
      return writableBucket(root, name, options);
    },
    readable: (name) => readableBucket(root, checkBucketName(name)),
    close: async () => undefined,
  };
};

const STAGING = '.tmp';

const readableBucket = (root: string, name: string): ReadableBucket => {
  const locate = (key: string) => join(root, name, checkKey(key));
  const openObject = async (key: string) => {
    const file = await onDisk(`read ${locate(key)}`, () => openFile(root, name, key));
    if (file === undefined) throw notFound(locate(key));
    const body = verified({ info: file.info, body: file.handle.createReadStream() });
    return { info: file.info, body };
  };
  return {
    name,
    locate,
    head: async (key) =>
      onDisk(`read ${locate(key)}`, async () => {
        const file = await openFile(root, name, key);
        await file?.handle.close();
        return file?.info;
      }),
    open: openObject,
    openRange: async (key, range) => {
      const file = await onDisk(`read ${locate(key)}`, () => openFile(root, name, key));
      if (file === undefined) throw notFound(locate(key));
      const { handle, info } = file;
      try {
        checkRange(info, range);
      } catch (error) {
        await handle.close();
        throw error;
      }
      return { info, body: reported({ info, body: handle.createReadStream(range) }) };
    },
    read: async (key, limit) =>
      onDisk(`read ${locate(key)}`, async () => {
        const file = await openFile(root, name, key);
        if (file === undefined) throw notFound(locate(key));
        try {
          return await readFile(file, limit);
        } finally {
          await file.handle.close();
        }
      }),
    list: async function* (prefix, leftOut) {
      checkPrefix(prefix);
      const folder = await findFolder(root, [name]);
      if (folder !== undefined) yield* listFolder(folder, prefix, leftOut);
    },
  };
};

/** At once: for files that fit into memory a stream costs more than the reading. */
const readFile = async ({ handle, info }: OpenFile, limit: number): Promise<Uint8Array> => {
  if (info.size > limit) throw tooLarge(info, limit);
  const bytes = await handle.readFile();
  if (hash('sha256', bytes) !== info.sha256) throw mismatch(info);
  return bytes;
};

type OpenFile = { readonly handle: FileHandle; readonly info: ObjectInfo };

const writableBucket = (root: string, name: string, bucketOptions: BucketOptions): Bucket => {
  const reading = readableBucket(root, name);
  return {
    ...reading,
    put: (key, body, options) =>
      lookingAfter(body, async () => {
        const where = reading.locate(key);
        const wanted = checkedOptions(options, bucketOptions);
        const standing = wanted.ifAbsent ? await reading.head(key) : undefined;
        if (standing !== undefined) return { outcome: 'exists', info: standing };
        const folder = await onDisk(`write ${where}`, () => makeFolder(root, [STAGING]));
        const bounded =
          body instanceof Uint8Array || wanted.size === undefined
            ? body
            : Readable.from(noLongerThan(where, body, wanted.size), { objectMode: false });
        const staged = await stageFile(folder, bounded);
        try {
          checkAnnounced(where, wanted, staged);
          return await onDisk(`write ${where}`, () => put(root, reading, key, staged, wanted));
        } finally {
          await staged.discard();
        }
      }),
    remove: async (key) =>
      onDisk(`remove ${reading.locate(key)}`, async () => {
        requireFree(reading.locate(key), await reading.head(key));
        const former = await unpublish(join(root, name), checkKey(key));
        if (former !== undefined) await removeRecord(root, name, key, former);
      }),
  };
};

/** For a person at the disk; the store itself goes by its record, and root by neither. */
const RETAINED = 0o444;

const put = async (
  root: string,
  bucket: ReadableBucket,
  key: string,
  staged: StagedFile,
  { contentType, metadata = {}, tags, retainUntil, ifAbsent = false }: PutOptions,
): Promise<PutResult> => {
  const { size, sha256, identity, path } = staged;
  const kept = retainUntil === undefined ? {} : { retainUntil };
  const info: ObjectInfo = { key, size, sha256, contentType, metadata, ...kept };
  if (retainUntil !== undefined) await chmod(path, RETAINED);
  await writeRecord(root, bucket.name, identity, info, tags);
  try {
    return await settle(root, bucket, staged, info, ifAbsent);
  } catch (error) {
    // Only a refusal is sure to have published nothing; after a failed disk the record may be in use.
    if (error instanceof CertusError) await removeRecord(root, bucket.name, key, identity);
    throw error;
  }
};

const settle = async (
  root: string,
  bucket: ReadableBucket,
  staged: StagedFile,
  info: ObjectInfo,
  ifAbsent: boolean,
): Promise<PutResult> => {
  const { key } = info;
  const mayReplace = async () => requireFree(bucket.locate(key), await bucket.head(key));
  for (;;) {
    const { outcome, former } = await publish(
      staged.path,
      join(root, bucket.name),
      key,
      ifAbsent,
      mayReplace,
    );
    if (outcome === 'exists') {
      const standing = await bucket.head(key);
      if (standing === undefined) continue;
      await removeRecord(root, bucket.name, key, staged.identity);
      return { outcome, info: standing };
    }
    if (former !== undefined) {
      await removeRecord(root, bucket.name, key, former);
      await pruneRecords(root, bucket.name, key, staged.identity);
    }
    return { outcome, info };
  }
};

const openFile = async (root: string, bucket: string, key: string): Promise<OpenFile | undefined> => {
  const handle = await openPlainFile(root, [bucket, ...checkKey(key).split('/')]);
  if (handle === undefined) return undefined;
  try {
    return { handle, info: await describeFile(handle, root, bucket, key) };
  } catch (error) {
    await handle.close();
    throw error;
  }
};
