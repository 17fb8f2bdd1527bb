import { isNativeError } from 'node:util/types';
import { CertusError } from '../../contracts/errors.ts';
import { isFileError } from '../files/failure.ts';
import type { Logger } from '../log/log.ts';

/** Of what may mend, such as a full disk: the code alone, as a message may name what it is about. Undefined for a bug. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof CertusError) return error.code;
  if (isFileError(error)) return error.code ?? 'disk';
  // a disk that is full when something is to be remembered
  return isNativeError(error) && 'errcode' in error ? `sqlite_${error.errcode}` : undefined;
}

/** What only people are shown: that it could not be remembered is told, and stops nothing. */
export function noted(log: Logger, source: string, note: () => void): void {
  try {
    note();
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    log.error({ source, code }, 'how it stands cannot be remembered');
  }
}
