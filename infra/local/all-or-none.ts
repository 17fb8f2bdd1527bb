/**
 * Waits for everything that `start` begins. When one part fails, the others are told to stop, waited for, and the
 * first failure is thrown: nobody may go on starting processes after the rest has given up.
 */
export async function allOrNone<T extends readonly unknown[]>(
  signal: AbortSignal | undefined,
  start: (signal: AbortSignal) => { readonly [K in keyof T]: Promise<T[K]> },
): Promise<T> {
  const failed = new AbortController();
  const parts = start(signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]));
  try {
    return (await Promise.all(parts)) as unknown as T;
  } catch (error) {
    failed.abort(error);
    await Promise.allSettled(parts);
    throw error;
  }
}
