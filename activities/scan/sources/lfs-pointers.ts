import { open } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import { onDisk } from '../../../services/files/failure.ts';

type File = { readonly path: string; readonly size: number };

/** Files that only say where Git LFS keeps their content. That is never fetched: it may be anything, and any size. */
export async function findLfsPointers(folder: string, files: readonly File[]): Promise<string[]> {
  const small = files.filter(({ size }) => size > BEGINNING.length && size < POINTER_BYTES);
  const found = await pMap(small, async ({ path }) => ((await isPointer(join(folder, path))) ? [path] : []), {
    concurrency: 8,
  });
  return found.flat();
}

const BEGINNING = Buffer.from('version https://git-lfs.github.com/spec/v1\n');
/** By its specification a pointer is shorter. */
const POINTER_BYTES = 1024;

async function isPointer(file: string): Promise<boolean> {
  return onDisk('read a file of a source', async () => {
    const handle = await open(file);
    try {
      const { buffer } = await handle.read(Buffer.alloc(BEGINNING.length), 0, BEGINNING.length, 0);
      return buffer.equals(BEGINNING);
    } finally {
      await handle.close();
    }
  });
}
