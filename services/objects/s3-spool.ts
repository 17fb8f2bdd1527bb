import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { Readable } from 'node:stream';
import { onDisk } from '../files/failure.ts';
import { openNamelessFile } from '../files/nameless-file.ts';
import { PART } from './s3-parts.ts';

/** A body whose size and digest are known. */
export type Spooled = {
  readonly size: number;
  readonly sha256: string;
  readonly body: Uint8Array | (() => Readable);
  readonly release: () => Promise<void>;
};

/**
 * S3 wants an object's metadata before its first byte, and our digest is part of it. So a stream is read to its
 * end first: a little in memory, more in a nameless file, which the system takes back even after kill -9.
 */
export const spool = async (body: Uint8Array | AsyncIterable<Uint8Array>): Promise<Spooled> => {
  const hash = createHash('sha256');
  const held: Uint8Array[] = [];
  let size = 0;
  let file: FileHandle | undefined;
  try {
    for await (const chunk of body instanceof Uint8Array ? [body] : body) {
      hash.update(chunk);
      size += chunk.length;
      held.push(chunk);
      if (body === chunk || size <= PART) continue;
      file ??= await onDisk(SPOOLING, openNamelessFile);
      for (const part of held.splice(0)) await writeOut(file, part);
    }
  } catch (error) {
    await file?.close();
    throw error;
  }
  const spooled = file;
  return {
    size,
    sha256: hash.digest('hex'),
    body: spooled ? () => spooled.createReadStream({ start: 0, autoClose: false }) : Buffer.concat(held),
    release: async () => spooled?.close(),
  };
};

const SPOOLING = `buffer an upload in ${tmpdir()}`;

const writeOut = (file: FileHandle, part: Uint8Array) => onDisk(SPOOLING, () => file.writeFile(part));
