import { createReadStream } from 'node:fs';
import { pipeline, Readable, type Transform } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { XzReadableStream } from 'xz-decompress';
import { CertusError } from '../../contracts/errors.ts';
import { isFileError } from '../files/failure.ts';
import { bunzip2 } from './bzip2.ts';
import type { ArchiveFormat } from './format.ts';
import { archiveTooLarge, invalidArchive } from './invalid.ts';

/**
 * The bytes behind a compressed file, a piece at a time. A few bytes can stand for a disk full: reading ends as soon
 * as what came out is more than `maxBytes`, or far more than was read for it.
 */
export async function* decompressed(
  file: string,
  format: Exclude<ArchiveFormat, 'zip'>,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  const input = createReadStream(file, { highWaterMark: PIECE });
  let out = 0;
  try {
    for await (const piece of DECOMPRESS[format](input)) {
      out += piece.length;
      if (out > maxBytes) throw archiveTooLarge(`more than ${maxBytes} bytes`);
      if (out > FREE && out > RATIO * input.bytesRead)
        throw archiveTooLarge(`more than ${RATIO} times what it has`);
      yield piece;
    }
  } catch (error) {
    if (error instanceof CertusError || isFileError(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw invalidArchive(`its ${format} data is damaged (${reason.slice(0, 200)})`, error);
  } finally {
    input.destroy();
  }
}

const PIECE = 64 * 1024;

/** Text that says the same over and over gets to a hundred; a file of zeros to a thousand and more. */
const RATIO = 200;
/** Up to here it does not matter. */
const FREE = 64 * 1024 * 1024;

type Decompress = (input: Readable) => AsyncIterable<Uint8Array>;

const through =
  (make: () => Transform): Decompress =>
  (input) =>
    // the error reaches who reads the result; destroying that closes the input
    pipeline(input, make(), () => undefined);

const DECOMPRESS: Readonly<Record<Exclude<ArchiveFormat, 'zip'>, Decompress>> = {
  tar: (input) => input,
  gzip: through(() => createGunzip({ chunkSize: PIECE, rejectGarbageAfterEnd: true })),
  zstd: through(() => createZstdDecompress({ chunkSize: PIECE })),
  bzip2: bunzip2,
  xz: (input) => new XzReadableStream(Readable.toWeb(input) as ReadableStream<Uint8Array>),
};
