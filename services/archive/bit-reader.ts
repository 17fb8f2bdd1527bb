import { invalidArchive } from './invalid.ts';

/** Bits of a buffer, the highest of each byte first. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #held = 0;
  #count = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Goes on with other bytes, after those that were begun already. */
  over(bytes: Uint8Array): BitReader {
    const reader = new BitReader(bytes);
    reader.#held = this.#held;
    reader.#count = this.#count;
    return reader;
  }

  /** The next bits, 24 at most, as a number. */
  take(count: number): number {
    while (this.#count < count) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw invalidArchive('it ends in the middle');
      this.#held = ((this.#held << 8) | byte) >>> 0;
      this.#count += 8;
    }
    this.#count -= count;
    const value = this.#held >>> this.#count;
    this.#held &= (1 << this.#count) - 1;
    return value;
  }

  /** Position of the next byte that has not been begun. */
  get at(): number {
    return this.#at;
  }

  align(): void {
    this.#held = 0;
    this.#count = 0;
  }
}
