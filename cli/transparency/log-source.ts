import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { CertusError } from '../../contracts/errors.ts';
import { MAX_LEAF } from '../../domain/transparency/entry-bundle.ts';
import { HASH_BYTES } from '../../domain/transparency/merkle-hash.ts';
import { type TileFile, tilePath } from '../../domain/transparency/tile-path.ts';
import { TILE_WIDTH } from '../../domain/transparency/tiles.ts';
import type { ApiClient } from '../api-client.ts';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';

/** A log to be checked: its files, wherever they come from. Nothing that it gives is believed. */
export type LogSource = {
  /** `undefined` when it has none. */
  checkpoint(): Promise<string | undefined>;
  tile(file: TileFile): Promise<Uint8Array | undefined>;
};

const MAX_CHECKPOINT = 256 * 1024;
const maxBytes = ({ level }: TileFile): number =>
  TILE_WIDTH * (level === 'entries' ? MAX_LEAF + 2 : HASH_BYTES);

/** Static files as `log export` writes them, which others may have put there. */
export function folderSource(folder: string): LogSource {
  return {
    checkpoint: async () => (await readBounded(join(folder, 'checkpoint'), MAX_CHECKPOINT))?.toString('utf8'),
    tile: (file) => readBounded(join(folder, tilePath(file)), maxBytes(file)),
  };
}

export function apiSource(api: ApiClient): LogSource {
  const read = async (path: string, most: number) => {
    try {
      return await bounded(await api.download(`/v1/transparency/${path}`), path, most);
    } catch (error) {
      if (error instanceof CertusError && NOT_THERE.has(error.code)) return undefined;
      throw error;
    }
  };
  return {
    checkpoint: async () => (await read('checkpoint', MAX_CHECKPOINT))?.toString('utf8'),
    tile: (file) => read(tilePath(file), maxBytes(file)),
  };
}

/** What the log has not, and what it does not show to us. */
const NOT_THERE: ReadonlySet<string> = new Set(['not_found', 'entry_not_found', 'forbidden']);

/** One regular file of a bounded size, and nothing that it only points to. */
export async function readBounded(path: string, most: number): Promise<Buffer | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, flags).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new CommandError('cannot_read', EXIT.badData, `cannot read ${path}: ${error.code}`, error);
  });
  if (handle === undefined) return undefined;
  try {
    const info = await handle.stat();
    if (!info.isFile() || info.size > most)
      throw new CommandError('cannot_read', EXIT.badData, `${path} is no file of a log, or far too large`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

async function bounded(chunks: AsyncIterable<Uint8Array>, path: string, most: number): Promise<Buffer> {
  const all: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > most) throw new CertusError('payload_too_large', `${path} is larger than it can be`);
    all.push(chunk);
  }
  return Buffer.concat(all);
}
