import { setTimeout as wait } from 'node:timers/promises';

/** Each reads a whole copy from the store. */
const MOST_AT_ONCE = 8;
/** What nobody came back for is told to nobody: by then it would be old. */
const KEPT_MS = 10 * 60_000;

type Work<T> = { readonly result: Promise<T>; done: boolean };

/**
 * Verifications that may take longer than somebody waits. What is not done in time goes on, and whoever asks for the same again
 * finds it further on, or done: begun anew each time, that of a large copy would never end.
 */
export class Verifications<T> {
  readonly #going = new Map<string, Work<T>>();

  /** Undefined while it goes on, or while too many others do. Its failure is told to who waits for it. */
  async within(key: string, verify: () => Promise<T>, patienceMs: number): Promise<T | undefined> {
    const work = this.#going.get(key) ?? this.#begin(key, verify);
    if (work === undefined) return undefined;
    const patience = new AbortController();
    try {
      await Promise.race([work.result, wait(patienceMs, undefined, { signal: patience.signal })]);
      if (!work.done) return undefined;
      this.#forget(key, work); // the next one wants to know how it is then
      return await work.result;
    } catch (error) {
      this.#forget(key, work);
      throw error;
    } finally {
      patience.abort();
    }
  }

  #begin(key: string, verify: () => Promise<T>): Work<T> | undefined {
    const going = [...this.#going.values()].filter(({ done }) => !done);
    if (going.length >= MOST_AT_ONCE) return undefined;
    const work: Work<T> = { result: verify(), done: false };
    this.#going.set(key, work);
    const ended = () => {
      work.done = true;
      setTimeout(() => this.#forget(key, work), KEPT_MS).unref();
    };
    work.result.then(ended, ended);
    return work;
  }

  #forget(key: string, work: Work<T>): void {
    if (this.#going.get(key) === work) this.#going.delete(key);
  }
}
