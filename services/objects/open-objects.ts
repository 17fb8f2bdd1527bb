import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CertusError } from '../../contracts/errors.ts';
import { openDirectoryStore } from './directory-store.ts';
import type { S3Options } from './s3-store.ts';
import type { ObjectStore } from './store.ts';

/**
 * `file:///folder` or an absolute path is a directory; `s3://` is S3, and everything else about it is in the options.
 * The S3 client is loaded only where it is used: it costs a process more memory than all the rest of the store.
 */
export const openObjectStore = async (url: string, options: S3Options): Promise<ObjectStore> => {
  if (isAbsolute(url)) return openDirectoryStore(url);
  if (url === 's3://') {
    const { openS3Store } = await import('./s3-store.ts');
    return openS3Store(options);
  }
  if (url.startsWith('file:///')) return openDirectoryStore(fileURLToPath(url));
  throw new CertusError(
    'invalid_request',
    `Not an object store: "${url}"; give an absolute path, file:///path or s3://`,
  );
};
