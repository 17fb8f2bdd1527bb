import { createReadStream, type ReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib';
import xz from 'xz-decompress';
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
  const input = new Input(file);
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
    input.close();
  }
}

const PIECE = 64 * 1024;

/** Text that says the same over and over gets to a hundred; a file of zeros to a thousand and more. */
const RATIO = 200;
/** Up to here it does not matter. */
const FREE = 64 * 1024 * 1024;

/** A file that may be read from several places in a row, and how far it has been read. */
class Input {
  readonly file: string;
  #start = 0;
  #stream: ReadStream | undefined;

  constructor(file: string) {
    this.file = file;
  }

  get bytesRead(): number {
    return this.#start + (this.#stream?.bytesRead ?? 0);
  }

  open(start = 0): ReadStream {
    this.close();
    this.#start = start;
    this.#stream = createReadStream(this.file, { highWaterMark: PIECE, start });
    return this.#stream;
  }

  close(): void {
    this.#stream?.destroy();
  }
}

const DECOMPRESS: Readonly<
  Record<Exclude<ArchiveFormat, 'zip'>, (input: Input) => AsyncIterable<Uint8Array>>
> = {
  tar: (input) => input.open(),
  gzip: (input) => frames(input, () => createGunzip({ chunkSize: PIECE }), 1),
  zstd: (input) => frames(input, () => createZstdDecompress({ chunkSize: PIECE }), MAX_FRAMES),
  bzip2: (input) => bunzip2(input.open()),
  xz: (input) => new xz.XzReadableStream(Readable.toWeb(input.open()) as ReadableStream<Uint8Array>),
};

/** Of zstd there may be one for every file; each costs a decoder of its own. */
const MAX_FRAMES = 200_000;

/**
 * Node's decoders pass over what follows the end in silence: for zstd that can be the rest of the archive, for gzip,
 * which goes on with a next member by itself, it is garbage.
 */
async function* frames(
  input: Input,
  decoder: () => Gunzip | ZstdDecompress,
  max: number,
): AsyncGenerator<Uint8Array> {
  const { size } = await stat(input.file);
  let at = 0;
  for (let count = 0; at < size; count += 1) {
    if (count >= max) throw invalidArchive('something follows the end of its compressed data');
    const frame = decoder();
    // the error reaches who reads the result; destroying that closes the input
    yield* pipeline(input.open(at), frame, () => undefined) as AsyncIterable<Uint8Array>;
    if (frame.bytesWritten === 0) throw invalidArchive('its compressed data goes nowhere');
    at += frame.bytesWritten;
  }
}
