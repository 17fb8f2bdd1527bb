import type { Detected } from '../../domain/sanitize/detector.ts';
import { piecesOf } from './ner-pieces.ts';

type Joined = {
  readonly text: string;
  /** What was found in it, by the texts that it is made of. */
  split(spans: readonly Detected[]): { readonly index: number; readonly span: Detected }[];
};

/** Many short texts as few longer ones, in their order, and long ones in pieces: each request costs as much as some lines do. */
export function joinedTexts(texts: readonly string[]): Joined[] {
  const joined: Joined[] = [];
  let parts: Part[] = [];
  let length = 0;
  for (const { index, text, offset } of partsOf(texts)) {
    if (parts.length > 0 && length + text.length > LENGTH) {
      joined.push(joinedOf(parts));
      [parts, length] = [[], 0];
    }
    parts.push({ index, text, offset, start: length });
    length += text.length + APART.length;
  }
  return parts.length === 0 ? joined : [...joined, joinedOf(parts)];
}

type Part = {
  readonly index: number;
  readonly text: string;
  /** Where it begins in the text that it is of, and in the one that is asked for. */
  readonly offset: number;
  readonly start: number;
};

/** A model takes its time, and what goes wrong is asked for once more. */
const LENGTH = 20_000;
const APART = '\n\n';

function* partsOf(texts: readonly string[]): Generator<Omit<Part, 'start'>> {
  for (const [index, text] of texts.entries())
    for (const { start: offset, text: piece } of piecesOf(text, LENGTH))
      if (MAY_NAME.test(piece)) yield { index, text: piece, offset };
}

/** Nobody is called by a digit. */
const MAY_NAME = /\p{L}/u;

function joinedOf(parts: readonly Part[]): Joined {
  return {
    // halves of characters are no text to a program that writes UTF-8
    text: parts
      .map(({ text }) => text)
      .join(APART)
      .toWellFormed(),
    split: (spans) =>
      // what reaches over the end of one is in both: a name too many is hidden, and none is left in half
      spans.flatMap((span) =>
        touched(parts, span).map(({ index, text, offset, start }) => ({
          index,
          span: {
            ...span,
            start: offset + Math.max(0, span.start - start),
            end: offset + Math.min(text.length, span.end - start),
          },
        })),
      ),
  };
}

function touched(parts: readonly Part[], { start, end }: Detected): Part[] {
  let [low, high] = [0, parts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const part = parts[middle] as Part;
    if (part.start + part.text.length <= start) low = middle + 1;
    else high = middle;
  }
  const found: Part[] = [];
  for (let at = low; (parts[at]?.start ?? Number.POSITIVE_INFINITY) < end; at += 1)
    found.push(parts[at] as Part);
  return found;
}
