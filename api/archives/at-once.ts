import { CertusError } from '../../contracts/errors.ts';

/** Each upload takes its own size of disk for as long as it takes: beyond this many at once the next one is sent away. */
export class AtOnce {
  #now = 0;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.#now >= this.#most)
      throw new CertusError(
        'dependency_unavailable',
        `${this.#most} uploads are being received: try again later`,
      );
    this.#now += 1;
    try {
      return await work();
    } finally {
      this.#now -= 1;
    }
  }
}
