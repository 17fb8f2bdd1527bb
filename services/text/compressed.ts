import { pipeline, Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import xz from 'xz-decompress';
import { bunzip2 } from '../archive/bzip2.ts';
import { chunks } from './archive.ts';
import { type Content, contentOfBytes } from './content.ts';
import type { Look } from './look.ts';
import { looseText } from './loose-text.ts';
import type { Piece } from './piece.ts';

type Packing = 'gzip' | 'zstd' | 'bzip2' | 'xz';

/** What a packed file says: as much of it as comes out, if it is damaged. */
export async function* compressedText(content: Content, packing: Packing, look: Look): AsyncGenerator<Piece> {
  const room = Math.min(MAX_UNPACKED, look.roomFor(content.size));
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of UNPACK[packing](content.whole())) {
      const kept = part.subarray(0, room - size);
      parts.push(new Uint8Array(kept));
      size += kept.length;
      if (kept.length < part.length) {
        look.unread('too_large', content.place);
        break;
      }
    }
  } catch {
    // whatever a decoder calls it: what came out before is looked into, and the rest is said not to be
    look.unread('damaged', content.place);
  }
  look.unpacked(size);
  if (packing === 'gzip') yield looseText(content.place, gzipHeader(content.head));
  const name = content.name.replace(/\.(?:gz|tgz|zst|bz2|xz)$/i, '');
  yield* look.inside(
    contentOfBytes(Buffer.concat(parts), { name, place: content.place, depth: content.depth + 1 }),
  );
}

/** Its flags say what stands in it besides ten bytes: the name of the file, a comment, whatever a program put there. */
const gzipHeader = (head: Uint8Array): Uint8Array =>
  ((head[3] ?? 0) & 0x1c) === 0 ? new Uint8Array(0) : head.subarray(10, 10 + MAX_HEADER);

const MAX_HEADER = 4096;

const MAX_UNPACKED = 256 * 1024 * 1024;

const UNPACK: Readonly<Record<Packing, (bytes: Uint8Array) => AsyncIterable<Uint8Array>>> = {
  gzip: (bytes) => frames(bytes, createGunzip, 1),
  zstd: (bytes) => frames(bytes, createZstdDecompress, MAX_FRAMES),
  bzip2: (bytes) => bunzip2(chunks(bytes)),
  xz: (bytes) =>
    new xz.XzReadableStream(Readable.toWeb(Readable.from(chunks(bytes))) as ReadableStream<Uint8Array>),
};

const MAX_FRAMES = 10_000;

/** Node's decoders pass over what follows the end in silence: there could be anything. */
async function* frames(
  bytes: Uint8Array,
  decoder: () => NodeJS.ReadWriteStream & { readonly bytesWritten: number },
  max: number,
): AsyncGenerator<Uint8Array> {
  for (let at = 0, count = 0; at < bytes.length; count += 1) {
    if (count >= max) throw new Error('something follows the end');
    const frame = decoder();
    // the error reaches who reads the result
    yield* pipeline(
      Readable.from(chunks(bytes.subarray(at))),
      frame,
      () => undefined,
    ) as AsyncIterable<Uint8Array>;
    if (frame.bytesWritten === 0) throw new Error('it goes nowhere');
    at += frame.bytesWritten;
  }
}
