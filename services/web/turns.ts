type Host = { last: Promise<unknown>; freeAt: number; waiting: number };

export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;

/** One request to a host at a time, and never sooner after the last one than its owner wants. */
export class Turns {
  readonly #hosts = new Map<string, Host>();
  readonly #now: () => number;
  readonly #sleep: Sleep;

  constructor(now: () => number, sleep: Sleep) {
    this.#now = now;
    this.#sleep = sleep;
  }

  async take<T>(host: string, gap: number, signal: AbortSignal, request: () => Promise<T>): Promise<T> {
    this.#forgetIdle();
    const state = this.#hosts.get(host) ?? { last: Promise.resolve(), freeAt: 0, waiting: 0 };
    this.#hosts.set(host, state);
    const before = state.last;
    state.waiting += 1;
    const mine = (async () => {
      await before;
      try {
        signal.throwIfAborted();
        const wait = state.freeAt - this.#now();
        if (wait > 0) await this.#sleep(wait, signal);
        return await request();
      } finally {
        state.freeAt = this.#now() + gap;
        state.waiting -= 1;
      }
    })();
    // who comes next waits for the end of it, whatever that is
    state.last = mine.catch(() => undefined);
    return mine;
  }

  /** A crawl of many hosts is not remembered for as long as the worker lives. */
  #forgetIdle(): void {
    if (this.#hosts.size < MOST_HOSTS) return;
    for (const [host, { freeAt, waiting }] of this.#hosts)
      if (waiting === 0 && freeAt < this.#now()) this.#hosts.delete(host);
  }
}

const MOST_HOSTS = 500;
