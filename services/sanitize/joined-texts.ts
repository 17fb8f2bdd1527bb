import type { Detected } from '../../domain/sanitize/detector.ts';

type Joined = {
  readonly text: string;
  /** What was found in it, by the texts that it is made of. */
  split(spans: readonly Detected[]): { readonly index: number; readonly span: Detected }[];
};

/** Many short texts as few longer ones, in their order: each request costs as much as some lines do. */
export function joinedTexts(texts: readonly string[]): Joined[] {
  const joined: Joined[] = [];
  let parts: Part[] = [];
  let length = 0;
  for (const [index, text] of texts.entries()) {
    if (!MAY_NAME.test(text)) continue;
    if (parts.length > 0 && length + text.length > LENGTH) {
      joined.push(joinedOf(parts));
      [parts, length] = [[], 0];
    }
    parts.push({ index, start: length, text });
    length += text.length + APART.length;
  }
  return parts.length === 0 ? joined : [...joined, joinedOf(parts)];
}

type Part = { readonly index: number; readonly start: number; readonly text: string };

/** Nobody is called by a digit. */
const MAY_NAME = /\p{L}/u;
/** A model takes its time, and what goes wrong is asked for once more. */
const LENGTH = 20_000;
const APART = '\n\n';

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
        touched(parts, span).map(({ index, start, text }) => ({
          index,
          span: {
            ...span,
            start: Math.max(0, span.start - start),
            end: Math.min(text.length, span.end - start),
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
