import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { CertusError } from '../../contracts/errors.ts';

/**
 * One at a time, across processes. The lock is the kernel's, taken through an empty SQLite file: a process that
 * dies, however it dies, lets go of it, so no lock is ever stale and none has to be broken by guessing.
 */
export const withLock = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    await acquire(database, path);
    return await work();
  } finally {
    database.close();
  }
};

const PATIENCE = 30_000;

const acquire = async (database: DatabaseSync, path: string): Promise<void> => {
  const deadline = performance.now() + PATIENCE;
  while (!tryAcquire(database)) {
    if (performance.now() > deadline) {
      throw new CertusError(
        'dependency_unavailable',
        `Another process has been holding ${path} for too long`,
      );
    }
    await wait(2 + Math.random() * 10);
  }
};

const tryAcquire = (database: DatabaseSync): boolean => {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
};

const SQLITE_BUSY = 5;
const isBusy = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === SQLITE_BUSY;
