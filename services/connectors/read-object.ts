import { hash } from 'node:crypto';
import { CertusError } from '../../contracts/errors.ts';
import type { ReadableBucket } from '../objects/store.ts';

/** An object whose digest somebody vouches for, whole; the bytes are held to it, whatever the store has recorded. */
export async function readItem(
  bucket: ReadableBucket,
  key: string,
  { sha256, maxBytes }: { readonly sha256: string; readonly maxBytes: number },
): Promise<Uint8Array> {
  const bytes = await bucket.read(key, maxBytes).catch((error: unknown) => {
    if (!(error instanceof CertusError)) throw error;
    if (error.code === 'object_not_found') throw new CertusError('item_gone', 'the object is not there');
    if (error.code === 'object_too_large')
      throw new CertusError('item_too_large', `it is larger than ${maxBytes} bytes`);
    throw error;
  });
  if (hash('sha256', bytes) !== sha256)
    throw new CertusError('digest_mismatch', 'it is not what was to be read');
  return bytes;
}
