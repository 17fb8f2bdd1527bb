const LONGEST = 8 * 1024;

/** Cuts what a program prints into lines that are safe to show: bounded, and without anything that a terminal would obey. */
export class Lines {
  readonly #onLine: (line: string) => void;
  readonly #decoder = new TextDecoder('utf-8');
  #pending = '';
  #dropped = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  add(chunk: Buffer): void {
    this.#take(this.#decoder.decode(chunk, { stream: true }));
  }

  end(): void {
    this.#take(this.#decoder.decode());
    if (this.#pending !== '') this.#emit();
  }

  /** Progress bars end their lines with a carriage return alone. */
  #take(text: string): void {
    const parts = text.split(/\r\n|\n|\r/);
    for (const [at, part] of parts.entries()) {
      const room = LONGEST - this.#pending.length;
      this.#pending += part.slice(0, room);
      this.#dropped += Math.max(0, part.length - room);
      if (at < parts.length - 1) this.#emit();
    }
  }

  #emit(): void {
    const line = neutral(this.#pending);
    const rest = this.#dropped === 0 ? '' : ` … ${this.#dropped} more characters`;
    this.#pending = '';
    this.#dropped = 0;
    if (line !== '' || rest !== '') this.#onLine(`${line}${rest}`);
  }
}

/** Colours go; what else could move a cursor, ring a bell or turn the direction of a text becomes a visible mark. */
export const neutral = (text: string): string =>
  text.replace(COLOURS, '').replaceAll('\t', '  ').replace(CONTROLS, '\u{fffd}').trimEnd();

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const COLOURS = /\u001b\[[0-9;]{0,32}m/g;
const CONTROLS = /[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;
