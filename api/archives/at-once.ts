import { CertusError } from '../../contracts/errors.ts';

/** Each upload takes its own size of disk for as long as it takes: beyond this many at once the next one is sent away. */
export class AtOnce {
  #now = 0;
  readonly #most: number;
  readonly #refusal: (most: number) => CertusError;

  constructor(most: number, refusal = tryLater) {
    [this.#most, this.#refusal] = [most, refusal];
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.#now >= this.#most) throw this.#refusal(this.#most);
    this.#now += 1;
    try {
      return await work();
    } finally {
      this.#now -= 1;
    }
  }
}

const tryLater = (most: number): CertusError =>
  new CertusError('dependency_unavailable', `${most} uploads are being received: try again later`);
