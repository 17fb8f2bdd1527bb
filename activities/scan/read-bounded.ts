import type { FileHandle } from 'node:fs/promises';
import { CertusError } from '../../contracts/errors.ts';

/** The whole file, unless it is larger: a file may grow, or be endless, while it is read. Closes the handle. */
export async function readBounded(handle: FileHandle, maxBytes: number): Promise<Uint8Array> {
  try {
    const buffer = Buffer.alloc(maxBytes + 1);
    let size = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, size, buffer.length - size);
      if (bytesRead === 0) return buffer.subarray(0, size);
      size += bytesRead;
      if (size > maxBytes)
        throw new CertusError('manifest_invalid', `the manifest is larger than ${maxBytes} bytes`);
    }
  } finally {
    await handle.close();
  }
}
