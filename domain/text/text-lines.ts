export type Position = { readonly line: number; readonly column: number };

/** A text with its lines and columns counted from one, as editors and SARIF do. */
export class TextLines {
  readonly text: string;
  readonly #starts: number[] = [0];

  constructor(text: string) {
    this.text = text;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  get count(): number {
    return this.#starts.length;
  }

  at(offset: number): Position {
    let [low, high] = [0, this.#starts.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] as number) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (this.#starts[low] as number) + 1 };
  }

  /** Without its end, and of a line of megabytes only a part. */
  line(line: number, from = 1): string {
    const start = this.#starts[line - 1];
    if (start === undefined) return '';
    const end = (this.#starts[line] ?? this.text.length + 1) - 1;
    const first = Math.max(start, start + from - 1 - SHOWN_BEFORE);
    return this.text.slice(first, Math.min(end, first + SHOWN)).trimEnd();
  }
}

const SHOWN = 360;
const SHOWN_BEFORE = 120;
