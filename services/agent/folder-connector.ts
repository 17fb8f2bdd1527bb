import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, lstat, open, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import type { Connector, LostItem, SourceItem } from '../connectors/connector.ts';
import { readCheckpoint } from '../connectors/cursor.ts';
import { chosenBy } from '../connectors/globs.ts';
import { nameFault, oddName, shown } from '../connectors/names.ts';
import { isFileError } from '../files/failure.ts';
import { findFolder } from '../files/folder.ts';
import type { SourceOf } from './configuration.ts';

/**
 * The files below a folder of this machine. It is listed as a whole for each reading; a folder that could not be looked into
 * says nothing of what is gone, and neither does an empty one that stands where another one stood: a disk that is not mounted.
 */
export function openLocalFolder(
  { path: root, include, exclude }: SourceOf<'folder'>,
  maxItems: number,
): Connector {
  const isChosen = chosenBy({ include_globs: include, exclude_globs: exclude });
  let listing: Listing | undefined;
  return {
    listsAll: true,
    page: async ({ cursor, checkpoint, limit, signal }) => {
      if (cursor === null || listing === undefined) {
        listing = await list(root, isChosen, maxItems, signal);
        const before = readCheckpoint(Checkpoint, checkpoint);
        if (listing.items.length === 0 && before !== undefined && before.root !== listing.root)
          throw new CertusError('source_changed', 'the folder is empty, and not the one that it was');
      }
      const at = Number(cursor ?? 0);
      const { items, lost } = listing;
      const isLast = at + limit >= items.length;
      return {
        items: items.slice(at, at + limit),
        gone: [],
        lost: isLast ? lost : [],
        cursor: isLast ? null : at + limit,
        // which folder it is has to be known before the first of its items is
        checkpoint: { root: listing.root },
        ...(isLast ? { listedAll: listing.isWhole } : {}),
      };
    },
    fetch: ({ key }, { known, maxBytes }) => readFileAt(root, key, known, maxBytes),
    close: async () => undefined,
  };
}

const Checkpoint = z.object({ root: z.string() });

type Listing = { root: string; items: SourceItem[]; lost: LostItem[]; isWhole: boolean };

async function list(
  root: string,
  isChosen: (path: string) => boolean,
  maxItems: number,
  signal: AbortSignal,
): Promise<Listing> {
  const info = await lstat(root, { bigint: true }).catch((error: unknown) => {
    if (isFileError(error))
      throw new CertusError('source_unreachable', `the folder is not there: ${error.code}`);
    throw error;
  });
  if (!info.isDirectory()) throw new CertusError('source_not_found', 'it is not a folder');
  const listing: Listing = { root: `${info.dev}-${info.ino}`, items: [], lost: [], isWhole: true };
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal.throwIfAborted();
    const below = await namesIn(root, folder, listing);
    for (const { name, kind } of below) {
      const path = folder === '' ? name : `${folder}/${name}`;
      // what is not UTF-8 cannot be opened by the name that is told of it
      const isNamed = nameFault(path) === undefined && !path.includes(NOT_TEXT);
      if (kind === 'folder' && isNamed) folders.push(path);
      else if (kind === 'folder' || isChosen(path)) await take(root, path, kind, listing);
    }
    if (listing.items.length > maxItems)
      throw new CertusError('source_too_large', `the folder has more than ${maxItems} files`);
  }
  listing.items.sort((a, b) => (a.key < b.key ? -1 : 1));
  return listing;
}

const NOT_TEXT = '\ufffd';

type Kind = 'folder' | 'file' | 'symlink' | 'other';

async function namesIn(
  root: string,
  folder: string,
  listing: Listing,
): Promise<{ name: string; kind: Kind }[]> {
  const found: { name: string; kind: Kind }[] = [];
  try {
    for await (const entry of await opendir(join(root, folder), { bufferSize: 256 })) {
      const kind: Kind = entry.isDirectory()
        ? 'folder'
        : entry.isFile()
          ? 'file'
          : entry.isSymbolicLink()
            ? 'symlink'
            : 'other';
      found.push({ name: entry.name, kind });
    }
    return found;
  } catch (error) {
    if (!isFileError(error)) throw error;
    if (folder === '')
      throw new CertusError('source_unreachable', `the folder cannot be looked into: ${error.code}`);
    listing.isWhole = false;
    // gone since it was named
    if (error.code !== 'ENOENT')
      listing.lost.push({
        key: shown(folder),
        code: 'folder_unreadable',
        message: 'it cannot be looked into',
      });
    return [];
  }
}

async function take(root: string, path: string, kind: Kind, listing: Listing): Promise<void> {
  if (nameFault(path) !== undefined) listing.lost.push(oddName(path));
  else if (path.includes(NOT_TEXT)) lose(listing, path, 'name_not_text', 'its name is not UTF-8');
  else if (kind === 'symlink') lose(listing, path, 'symlink', 'links are not followed');
  else if (kind !== 'file') lose(listing, path, 'not_a_file', 'it is no plain file');
  else {
    const info = await lstat(join(root, path), { bigint: true }).catch((error: unknown) => {
      if (isFileError(error)) return undefined;
      throw error;
    });
    if (info === undefined || !info.isFile()) return;
    listing.items.push({
      key: path,
      version: versionOf(info),
      size: Number(info.size),
      name: path.split('/').at(-1) ?? path,
      location: path,
    });
  }
}

const lose = ({ lost }: Listing, path: string, code: string, message: string): void => {
  lost.push({ key: shown(path), code, message });
};

/** The time of the last change of any kind cannot be set back by whoever writes the file. */
const versionOf = ({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  `${ino}-${size}-${mtimeNs}-${ctimeNs}`;

async function readFileAt(root: string, key: string, known: string | undefined, maxBytes: number) {
  const handle = await openFile(root, key);
  try {
    const before = await handle.stat({ bigint: true });
    const version = versionOf(before);
    if (!before.isFile()) throw new CertusError('item_gone', 'it is no file any more');
    if (known === version) return null;
    if (before.size > maxBytes)
      throw new CertusError('item_too_large', `it is larger than ${maxBytes} bytes`);
    const bytes = await readWhole(handle, Number(before.size));
    // somebody is writing it: what was read is neither what it was nor what it is to be
    if (versionOf(await handle.stat({ bigint: true })) !== version || bytes.length !== Number(before.size))
      throw new CertusError('dependency_unavailable', 'the file changes while it is read');
    return { bytes, mediaType: null, version };
  } finally {
    await handle.close();
  }
}

async function openFile(root: string, key: string): Promise<FileHandle> {
  const path = key.split('/');
  try {
    if ((await findFolder(root, path.slice(0, -1))) === undefined) throw gone();
    return await open(join(root, ...path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (!isFileError(error)) throw error;
    if (GONE.has(error.code ?? '')) throw gone();
    if (error.code === 'EACCES' || error.code === 'EPERM')
      throw new CertusError('source_not_allowed', 'this agent may not read the file');
    throw new CertusError('dependency_unavailable', `the file cannot be read: ${error.code}`);
  }
}

const GONE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO']);
const gone = (): CertusError => new CertusError('item_gone', 'the file is not there any more');

/** No more than it was long: a file that grows while it is read has no end. */
async function readWhole(handle: FileHandle, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size);
  let at = 0;
  while (at < size) {
    const { bytesRead } = await handle.read(bytes, at, size - at, at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.subarray(0, at);
}
