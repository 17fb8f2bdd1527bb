import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** As fast as it is read. Who closes the pipe early has seen enough: that is no error. */
export async function writeOut(
  stdout: NodeJS.WritableStream,
  pieces: AsyncIterable<Uint8Array>,
): Promise<void> {
  try {
    await pipeline(Readable.from(pieces, { objectMode: true }), stdout, { end: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}
