import { open } from 'node:fs/promises';
import { onDisk } from '../files/failure.ts';
import { decompressed } from './decompressed.ts';
import type { ArchiveEntry } from './entry.ts';
import { archiveFormat, HEAD_BYTES } from './format.ts';
import { invalidArchive } from './invalid.ts';
import type { NewTree } from './new-tree.ts';
import { readTar } from './tar.ts';
import { readZip } from './zip.ts';

export type Unpacking = {
  /** The archive: tar, plain or in gzip, bzip2, xz or zstd, or zip. */
  readonly file: string;
  readonly tree: NewTree;
  /** What may flow, whether it is kept or left out. */
  readonly maxFlow: number;
  /** Entries that are not for the tree. */
  readonly unless?: (entry: ArchiveEntry) => boolean;
  readonly signal?: AbortSignal | undefined;
};

/** Fills the tree with what the archive holds. An archive inside of it is a file like any other. */
export async function unpackArchive({ file, tree, maxFlow, unless, signal }: Unpacking): Promise<void> {
  for await (const entry of await entriesOf(file, maxFlow)) {
    signal?.throwIfAborted();
    if (!unless?.(entry)) await tree.add(entry);
  }
}

async function entriesOf(file: string, maxFlow: number): Promise<AsyncIterable<ArchiveEntry>> {
  const format = archiveFormat(await headOf(file));
  if (format === undefined)
    throw invalidArchive('it is none that is known: tar, tar.gz, tar.bz2, tar.xz or zip');
  return format === 'zip' ? readZip(file) : readTar(decompressed(file, format, maxFlow));
}

async function headOf(file: string): Promise<Uint8Array> {
  return onDisk('read an archive', async () => {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  });
}
