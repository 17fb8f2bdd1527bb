import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isNativeError } from 'node:util/types';
import { CertusError } from '../../contracts/errors.ts';

/**
 * One agent for one spool. The system gives the lock of a database back when the process ends, however it ends: no file of
 * somebody who died keeps the next one out.
 */
export function lockSpool(folder: string): { readonly release: () => void } {
  const lock = locked(folder, PATIENCE_MS);
  if (lock === undefined) throw new CertusError('object_conflict', `another agent works with ${folder}`);
  return { release: () => lock.close() };
}

/** Whether an agent works with it at this moment. */
export function isLocked(folder: string): boolean {
  const lock = locked(folder, 0);
  lock?.close();
  return lock === undefined;
}

/** Whoever only looks has it for a moment as well. */
const PATIENCE_MS = 2000;

function locked(folder: string, patience: number): DatabaseSync | undefined {
  const lock = new DatabaseSync(join(folder, 'lock.db'));
  try {
    lock.exec(`PRAGMA busy_timeout = ${patience}; BEGIN EXCLUSIVE`);
    return lock;
  } catch (error) {
    lock.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
}

const isBusy = (error: unknown): boolean =>
  isNativeError(error) && 'errcode' in error && error.errcode === SQLITE_BUSY;

const SQLITE_BUSY = 5;
