import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { CertusError } from '../../contracts/errors.ts';
import { onDisk } from '../files/failure.ts';
import type { Descriptor } from './content.ts';

/** Writes and hashes; begun again, it forgets what an attempt before left half done. */
export const blobFile = async (file: string, signal: AbortSignal | undefined) => {
  const doing = 'store a blob';
  const handle = await onDisk(doing, () => open(file, 'w', 0o600));
  let hash = createHash('sha256');
  let written = 0;
  const write = async (chunk: Uint8Array) => {
    signal?.throwIfAborted();
    hash.update(chunk);
    written += chunk.length;
    await onDisk(doing, () => handle.writeFile(chunk));
  };
  return {
    begin: async () => {
      hash = createHash('sha256');
      written = 0;
      await onDisk(doing, () => handle.truncate(0));
      return write;
    },
    close: () => handle.close(),
    require: ({ digest, size }: Pick<Descriptor, 'digest' | 'size'>, repository: string): void => {
      if (`sha256:${hash.digest('hex')}` === digest && written === size) return;
      throw new CertusError('digest_mismatch', `The blob in ${repository} is not ${digest}`);
    },
  };
};
