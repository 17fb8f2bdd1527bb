import type { Mark, Piece } from './piece.ts';

/** Puts a text together out of what a parser says, and keeps where its numbered parts begin. */
export class TextBuilder {
  readonly #parts: string[] = [];
  readonly #marks: Mark[] = [];
  #length = 0;
  #endsLine = true;

  get length(): number {
    return this.#length;
  }

  add(text: string): void {
    if (text === '') return;
    this.#parts.push(text);
    this.#length += text.length;
    this.#endsLine = text.endsWith('\n');
  }

  /** What follows stands in a line of its own. */
  breakLine(): void {
    if (!this.#endsLine) this.add('\n');
  }

  /** Here begins the part of this number. */
  mark(number: number): void {
    if (this.#marks.at(-1)?.[1] !== number) this.#marks.push([this.#length, number]);
  }

  /** A text whose first line has this number. */
  addLines(text: string, first: number): void {
    let [at, number] = [0, first];
    for (;;) {
      this.mark(number);
      const end = text.indexOf('\n', at);
      this.add(end === -1 ? text.slice(at) : text.slice(at, end + 1));
      if (end === -1) return;
      at = end + 1;
      number += 1;
    }
  }

  piece(place: string, unit?: Piece['unit']): Piece {
    const text = this.#parts.join('');
    return unit === undefined ? { place, text } : { place, text, unit, marks: this.#marks };
  }
}
