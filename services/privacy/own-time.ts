/** Ends a work that has taken so much time of its own. While it waits for others its time stands still. */
export class OwnTime {
  #left: number;
  readonly #isOver: () => void;
  #since = 0;
  #waits = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(seconds: number, isOver: () => void) {
    [this.#left, this.#isOver] = [seconds * 1000, isOver];
    this.#go();
  }

  async whileOthers<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waits === 0) this.#stand();
    this.#waits += 1;
    try {
      return await work();
    } finally {
      this.#waits -= 1;
      if (this.#waits === 0) this.#go();
    }
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#left = Number.POSITIVE_INFINITY;
  }

  #go(): void {
    if (this.#left === Number.POSITIVE_INFINITY) return;
    this.#since = performance.now();
    this.#timer = setTimeout(this.#isOver, Math.max(0, this.#left));
  }

  #stand(): void {
    clearTimeout(this.#timer);
    this.#left -= performance.now() - this.#since;
  }
}
