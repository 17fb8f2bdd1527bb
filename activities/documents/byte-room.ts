/** Room for so many bytes at a time: many small documents side by side, large ones one after the other. */
export class ByteRoom {
  #free: number;
  readonly #limit: number;
  readonly #waiting: { readonly bytes: number; readonly go: () => void }[] = [];

  constructor(limit: number) {
    this.#free = limit;
    this.#limit = limit;
  }

  async during<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    const taken = Math.min(bytes, this.#limit);
    await this.#take(taken);
    try {
      return await work();
    } finally {
      this.#free += taken;
      this.#letIn();
    }
  }

  async #take(bytes: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ bytes, go: resolve });
    this.#letIn();
    await promise;
  }

  /** In the order in which they came: a large one is not passed by for ever. */
  #letIn(): void {
    for (
      let next = this.#waiting[0];
      next !== undefined && next.bytes <= this.#free;
      next = this.#waiting[0]
    ) {
      this.#waiting.shift();
      this.#free -= next.bytes;
      next.go();
    }
  }
}
