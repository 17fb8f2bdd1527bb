/** A line of a text, and how well a chunk could begin with it. */
export type Line = {
  readonly text: string;
  /** Counted from one; parts of a line that was too long have the same number. */
  readonly number: number;
  readonly begins: Beginning;
  /** What it stands under: a path of headings, the name of a function. */
  readonly title: string;
};

/** The higher, the better a chunk can begin there. At `section` another chunk begins in any case. */
export const BEGINS = {
  within: 0,
  line: 1,
  sentence: 2,
  inner: 3,
  paragraph: 4,
  block: 5,
  section: 6,
} as const;
export type Beginning = (typeof BEGINS)[keyof typeof BEGINS];

/** Lines, of which none is longer than a chunk: a longer one is cut where a sentence or a word ends. */
export function linesOf(text: string, first: number): { text: string; number: number; isCut: boolean }[] {
  const lines: { text: string; number: number; isCut: boolean }[] = [];
  let number = first;
  for (let at = 0; at <= text.length; number += 1) {
    const feed = text.indexOf('\n', at);
    const end = feed === -1 ? text.length : feed;
    let start = at;
    while (end - start > LONGEST) {
      const cut = cutIn(text, start, start + LONGEST);
      lines.push({ text: text.slice(start, cut), number, isCut: start > at });
      start = cut;
    }
    const rest = text.slice(start, text.charCodeAt(end - 1) === RETURN ? Math.max(start, end - 1) : end);
    lines.push({ text: rest, number, isCut: start > at });
    if (feed === -1) break;
    at = feed + 1;
  }
  return lines;
}

const RETURN = 13;
const LONGEST = 1000;
/** A cut is looked for in the last part only: what has no spaces is cut anywhere. */
const LOOKED_THROUGH = 400;

function cutIn(text: string, start: number, end: number): number {
  const part = text.slice(Math.max(start + 1, end - LOOKED_THROUGH), end);
  const offset = end - part.length;
  const sentence = lastSentence(part);
  if (sentence > 0) return offset + sentence;
  const space = Math.max(part.lastIndexOf(' '), part.lastIndexOf('\t'), part.lastIndexOf(','));
  return wholeCharacter(text, space > 0 ? offset + space + 1 : end);
}

function lastSentence(part: string): number {
  for (let at = part.length - 2; at > 0; at -= 1)
    if (part[at + 1] === ' ' && '.!?。؟'.includes(part[at] as string)) return at + 2;
  return 0;
}

/** Half of a character says nothing, and no database takes it. */
export const wholeCharacter = (text: string, at: number): number =>
  isLow(text.charCodeAt(at)) && isHigh(text.charCodeAt(at - 1)) ? at - 1 : at;

const isHigh = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;
const isLow = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff;
