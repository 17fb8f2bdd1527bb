import { Piscina } from 'piscina';
import type { Reading } from './report-thread.ts';

/** Reads reports in a thread of its own, started for the first and gone soon after the last. */
export type ReportReader = (compressed: Uint8Array, signal: AbortSignal) => Promise<Reading>;

export function createReportReader(): ReportReader {
  const pool = new Piscina<Uint8Array, Reading>({
    filename: new URL('./report-thread.ts', import.meta.url).href,
    name: 'read',
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: 5_000,
    env: {}, // not a thread's business: the worker's has passwords in it
    resourceLimits: { maxOldGenerationSizeMb: 2048 },
  });
  return async (compressed, signal) => {
    try {
      return await pool.run(compressed, { signal });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY')
        return { unreadable: 'it takes more memory to read than there is' };
      throw error;
    }
  };
}
