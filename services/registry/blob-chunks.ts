import { createHash } from 'node:crypto';
import { CertusError } from '../../contracts/errors.ts';
import type { BlobSource } from './registry.ts';

/** The most of a blob that is held at once, unless the registry wants larger chunks. */
export const MAX_IN_MEMORY = 8 * 1024 * 1024;

const sizeOf = (body: Uint8Array | BlobSource): number =>
  body instanceof Uint8Array ? body.length : body.size;

export const inMemory = (body: Uint8Array | BlobSource): boolean => sizeOf(body) <= MAX_IN_MEMORY;

export type Chunk = { readonly start: number; readonly bytes: Uint8Array };

/**
 * A blob piece by piece, all but the last of the same size. That it was not what its digest or its size says is known before
 * the last piece is given out, so that an upload of other bytes is never complete.
 */
export async function* chunksOf(
  body: Uint8Array | BlobSource,
  chunkBytes: number,
  digest: string | undefined,
  repository: string,
): AsyncGenerator<Chunk> {
  const size = sizeOf(body);
  const hash = createHash('sha256');
  let start = 0;
  for await (const bytes of pieces(body, chunkBytes)) {
    const end = start + bytes.length;
    if (end > size || (end < size && bytes.length < chunkBytes)) throw mismatch(repository);
    hash.update(bytes);
    if (end === size && digest !== undefined && `sha256:${hash.digest('hex')}` !== digest)
      throw mismatch(repository);
    yield { start, bytes };
    start = end;
  }
  if (start !== size) throw mismatch(repository);
}

async function* pieces(body: Uint8Array | BlobSource, chunkBytes: number): AsyncGenerator<Uint8Array> {
  if (body instanceof Uint8Array) {
    for (let at = 0; at < body.length; at += chunkBytes) yield body.subarray(at, at + chunkBytes);
    return;
  }
  let piece = Buffer.allocUnsafe(Math.min(chunkBytes, body.size));
  let filled = 0;
  for await (const read of await body.open()) {
    let rest: Uint8Array = typeof read === 'string' ? Buffer.from(read) : read;
    while (rest.length > 0) {
      // more than was announced, whatever its size: whoever counts refuses it
      if (piece.length === 0) piece = Buffer.allocUnsafe(1);
      const taken = Math.min(rest.length, piece.length - filled);
      piece.set(rest.subarray(0, taken), filled);
      filled += taken;
      rest = rest.subarray(taken);
      if (filled < piece.length) continue;
      yield piece;
      // a new one: the last may still be on its way
      piece = Buffer.allocUnsafe(piece.length);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

const mismatch = (repository: string) =>
  new CertusError('digest_mismatch', `The blob for ${repository} is not what its digest and size say`);
