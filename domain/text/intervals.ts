/** Marked places in blocks of a fixed size: a text of nothing but places costs no more than their number. */
export class Intervals {
  readonly #blocks = new Map<number, [number, number][]>();

  add(start: number, end: number): void {
    for (let block = Math.floor(start / BLOCK); block <= Math.floor(end / BLOCK); block += 1) {
      const places = this.#blocks.get(block);
      if (places === undefined) this.#blocks.set(block, [[start, end]]);
      else places.push([start, end]);
    }
  }

  overlaps(start: number, end: number): boolean {
    for (let block = Math.floor(start / BLOCK); block <= Math.floor(end / BLOCK); block += 1)
      if (this.#blocks.get(block)?.some(([from, to]) => start < to && end > from)) return true;
    return false;
  }
}

const BLOCK = 256;
