import { placesIn } from '../text/piece.ts';
import type { Looked } from './finds.ts';
import type { PreviewPiece } from './inspector.ts';

/** What a reviewer gets to see: what was found, with some of the text around it. */
export class Preview {
  readonly pieces: PreviewPiece[] = [];
  #room = MAX_BYTES;

  add({ piece, spans }: Looked): void {
    const placeAt = placesIn(piece);
    for (let at = 0; at < spans.length && this.#room > 0; ) {
      const first = spans[at] as Looked['spans'][number];
      const start = Math.max(0, first.start - AROUND);
      let [last, end] = [at, first.end + AROUND];
      for (; (spans[last + 1]?.start ?? Infinity) < end && end - start < LONGEST; last += 1)
        end = (spans[last + 1] as typeof first).end + AROUND;
      const text = piece.text.slice(start, end).toWellFormed();
      const cost = Buffer.byteLength(text) + PER_SPAN * (last + 1 - at);
      this.#room -= cost;
      if (this.#room < 0) return;
      this.pieces.push({
        place: placeAt(first.start),
        text,
        spans: spans
          .slice(at, last + 1)
          .map(({ type, start: from, end: to }) => ({ type, start: from - start, end: to - start })),
      });
      at = last + 1;
    }
  }
}

const MAX_BYTES = 256 * 1024;
const AROUND = 200;
const LONGEST = 4096;
/** As it is written down. */
const PER_SPAN = 60;
