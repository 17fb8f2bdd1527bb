import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { openNamelessFile } from '../files/nameless-file.ts';
import { isReadable } from '../text/binary-format.ts';
import { HEAD_BYTES } from '../text/content.ts';
import type { FileToInspect } from './inspector.ts';

/** A file as far as it is needed: in memory, or on the disk when it is large. */
export type Gathered = {
  readonly size: number;
  readonly content: { readonly bytes: Uint8Array } | { readonly fd: number };
  readonly close: () => Promise<void>;
};

/** Fetches no more of a file than can be looked into: of one that nobody can read, its beginning. */
export async function gather({ size, body }: FileToInspect, most: number): Promise<Gathered> {
  if (typeof body !== 'function') {
    const head = body.subarray(0, HEAD_BYTES);
    const wanted = body.length <= HEAD_BYTES || isReadable(head, false) ? body : head;
    // a copy, for it is given away: who called may go on using theirs
    return { size: body.length, content: { bytes: new Uint8Array(wanted) }, close: nothing };
  }
  const stream = await body();
  try {
    return await read(stream, size, most);
  } finally {
    stream.destroy();
  }
}

const nothing = async () => undefined;

async function read(stream: Readable, said: number, most: number): Promise<Gathered> {
  const held: Uint8Array[] = [];
  let [size, isKnown] = [0, false];
  let file: FileHandle | undefined;
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (file !== undefined) await file.appendFile(chunk);
      else held.push(chunk);
      if (!isKnown && size >= HEAD_BYTES) {
        const bytes = Buffer.concat(held).subarray(0, HEAD_BYTES);
        if (!isReadable(bytes, said <= HEAD_BYTES))
          return { size: said, content: { bytes: new Uint8Array(bytes) }, close: nothing };
        isKnown = true;
      }
      if (file === undefined && size > IN_MEMORY) {
        file = await openNamelessFile();
        await file.appendFile(Buffer.concat(held.splice(0)));
      }
      if (size > most) break;
    }
    if (file === undefined)
      return { size, content: { bytes: new Uint8Array(Buffer.concat(held)) }, close: nothing };
    const opened = file;
    return {
      size: size > most ? Math.max(size, said) : size,
      content: { fd: opened.fd },
      close: () => opened.close(),
    };
  } catch (error) {
    await file?.close();
    throw error;
  }
}

const IN_MEMORY = 4 * 1024 * 1024;
