import { CertusError } from '../../../contracts/errors.ts';
import { readBlobs } from './blobs.ts';
import type { ListedBlob } from './tree-page.ts';

type Batch = {
  readonly folder: string;
  readonly blobs: string[];
  bytes: number;
  read?: Promise<Map<string, Uint8Array>>;
};

/**
 * What the files of a page hold, some of them at a time: a process for each would take longer than the reading. What was given
 * out is forgotten, so that no more than a few batches are in memory.
 */
export class PageBlobs {
  readonly #batches = new Map<string, Batch>();

  expect(folder: string, listed: readonly ListedBlob[]): void {
    this.forget();
    let batch: Batch | undefined;
    for (const { blob, size } of listed) {
      if (size > BATCH_BYTES || this.#batches.has(blob)) continue;
      if (batch === undefined || batch.bytes + size > BATCH_BYTES || batch.blobs.length >= BATCH_FILES)
        batch = { folder, blobs: [], bytes: 0 };
      batch.blobs.push(blob);
      batch.bytes += size;
      this.#batches.set(blob, batch);
    }
  }

  async read(
    folder: string,
    blob: string,
    asked: { readonly maxBytes: number; readonly signal: AbortSignal },
  ): Promise<Uint8Array> {
    const batch = this.#batches.get(blob);
    this.#batches.delete(blob);
    const found =
      batch === undefined
        ? await readBlobs(folder, [blob], asked)
        : await this.#readBatch(batch, asked.signal);
    const bytes = found.get(blob);
    found.delete(blob);
    if (bytes === undefined) throw new CertusError('item_gone', 'the repository does not have it any more');
    return bytes;
  }

  forget(): void {
    this.#batches.clear();
  }

  #readBatch(batch: Batch, signal: AbortSignal): Promise<Map<string, Uint8Array>> {
    batch.read ??= readBlobs(batch.folder, batch.blobs, { maxBytes: BATCH_BYTES, signal });
    return batch.read;
  }
}

const BATCH_BYTES = 8 * 1024 * 1024;
const BATCH_FILES = 100;

/** A file that only says where Git LFS keeps its content. That is never fetched: it may be anything, and any size. */
export const isPointer = (bytes: Uint8Array): boolean =>
  bytes.length < POINTER_BYTES && Buffer.from(bytes.subarray(0, BEGINNING.length)).equals(BEGINNING);

const BEGINNING = Buffer.from('version https://git-lfs.github.com/spec/v1\n');
/** By its specification a pointer is shorter. */
const POINTER_BYTES = 1024;
