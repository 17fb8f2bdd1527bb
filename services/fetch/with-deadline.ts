import { FetchError } from './fetch-error.ts';

/** Ends the work when its time is up, as something that another try may mend, or when whoever asked for it gives up. */
export async function withDeadline<T>(
  milliseconds: number,
  signal: AbortSignal | undefined,
  work: (until: AbortSignal) => Promise<T>,
): Promise<T> {
  const tooLong = AbortSignal.timeout(milliseconds);
  try {
    return await work(signal === undefined ? tooLong : AbortSignal.any([signal, tooLong]));
  } catch (error) {
    signal?.throwIfAborted();
    if (tooLong.aborted && !(error instanceof FetchError))
      throw new FetchError(
        'unreachable',
        `there is no answer within ${Math.ceil(milliseconds / 1000)} s`,
        error,
      );
    throw error;
  }
}
