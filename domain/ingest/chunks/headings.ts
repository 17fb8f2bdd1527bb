/** The headings that a place in a text stands under. */
export class Headings {
  /** Nothing of the text was read yet. */
  isNew = true;
  readonly #open: { readonly level: number; readonly text: string }[] = [];

  enter(level: number, text: string): void {
    while ((this.#open.at(-1)?.level ?? 0) >= level) this.#open.pop();
    if (this.#open.length < DEEPEST) this.#open.push({ level, text: text.slice(0, LONGEST).toWellFormed() });
  }

  get path(): string {
    return this.#open.map(({ text }) => text).join(' > ');
  }
}

const DEEPEST = 12;
const LONGEST = 120;
