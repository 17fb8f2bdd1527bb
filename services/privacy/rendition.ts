import { maskText } from '../../domain/sanitize/mask-text.ts';
import type { Looked } from './finds.ts';

/**
 * The text of a file that cannot be masked where it stands: to write a document of an office program anew leaves traces of
 * what was in it behind.
 */
export class Rendition {
  #kept: Looked[] | undefined = [];
  #length = 0;

  add(looked: Looked): void {
    if (looked.piece.isTechnical === true || looked.piece.text === '') return;
    this.#length += looked.piece.text.length;
    if (this.#length > MAX_LENGTH) this.#kept = undefined; // too much to be held; there is none then
    this.#kept?.push(looked);
  }

  /** With the wanted kinds masked; undefined where it would be too large. */
  text(isMasked: (type: string) => boolean): string | undefined {
    if (this.#kept === undefined) return undefined;
    const parts: string[] = [];
    let [place, over] = ['', 0]; // without a heading it is the text itself
    for (const { piece, spans } of this.#kept) {
      const { from, to } = piece.counts ?? { from: 0, to: piece.text.length };
      if (piece.place !== place) parts.push(`\n[${piece.place || 'text'}]\n`);
      if (piece.place !== place || piece.counts === undefined) over = 0;
      place = piece.place;
      // what begins in this part may end in the next one, which then has to leave out as much of it
      const [start, end] = [from + over, Math.max(to, spans.at(-1)?.end ?? 0)];
      over = end - to;
      const own = spans.filter((span) => span.start >= start && isMasked(span.type));
      const moved = own.map((span) => ({ ...span, start: span.start - start, end: span.end - start }));
      parts.push(maskText(piece.text.slice(start, end), moved));
      if (piece.counts === undefined) parts.push('\n');
    }
    return parts.join('').trimStart();
  }
}

const MAX_LENGTH = 64 * 1024 * 1024;
