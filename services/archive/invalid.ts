import { CertusError } from '../../contracts/errors.ts';

export const invalidArchive = (why: string, cause?: unknown): CertusError =>
  new CertusError(
    'archive_invalid',
    `the archive cannot be read: ${why}`,
    cause === undefined ? {} : { cause },
  );

export const archiveTooLarge = (why: string): CertusError =>
  new CertusError('archive_too_large', `the archive unpacks to too much: ${why}`);
