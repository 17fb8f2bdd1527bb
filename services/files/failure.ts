import { isNativeError } from 'node:util/types';
import { CertusError } from '../../contracts/errors.ts';

/** True for a file system error with one of these codes; with none named, for any file system error. */
export const isFileError = (error: unknown, ...codes: readonly string[]): error is NodeJS.ErrnoException =>
  isNativeError(error) &&
  'code' in error &&
  'syscall' in error &&
  typeof error.code === 'string' &&
  (codes.length === 0 || codes.includes(error.code));

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than this process may write',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted (a file system without hard links cannot hold objects)',
  EMFILE: 'too many open files',
  EXDEV: 'the folder is on another file system than its root',
};

/** Runs one step on the disk; what the disk refuses becomes an error that says what to do about it. */
export const onDisk = async <T>(doing: string, step: () => Promise<T>): Promise<T> => {
  try {
    return await step();
  } catch (error) {
    if (!isFileError(error)) throw error;
    if (error.code === 'ENAMETOOLONG') {
      throw new CertusError('invalid_key', `Cannot ${doing}: the name is too long for this disk`, {
        cause: error,
      });
    }
    const reason = REASONS[error.code ?? ''] ?? error.message;
    throw new CertusError('dependency_unavailable', `Cannot ${doing}: ${reason}`, { cause: error });
  }
};
