import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CertusError } from '../../contracts/errors.ts';
import { openDirectoryStore } from './directory-store.ts';
import { openS3Store, type S3Options } from './s3-store.ts';
import type { ObjectStore } from './store.ts';

/** `file:///folder` or an absolute path is a directory; `s3://` is S3, and everything else about it is in the options. */
export const openObjectStore = (url: string, options: S3Options): ObjectStore => {
  if (isAbsolute(url)) return openDirectoryStore(url);
  if (url === 's3://') return openS3Store(options);
  if (url.startsWith('file:///')) return openDirectoryStore(fileURLToPath(url));
  throw new CertusError(
    'invalid_request',
    `Not an object store: "${url}"; give an absolute path, file:///path or s3://`,
  );
};
