/** What a person sees as one letter is replaced as a whole or not at all: half of it would change what stands before. */
export function wholeLetters<T extends { readonly start: number; readonly end: number }>(
  text: string,
  span: T,
): T {
  const start = isBoundary(text, span.start) ? span.start : boundaryBefore(text, span.start);
  const end = isBoundary(text, span.end) ? span.end : boundaryAfter(text, span.end);
  return start === span.start && end === span.end ? span : { ...span, start, end };
}

export const isBoundary = (text: string, at: number): boolean => {
  if (at <= 0 || at >= text.length) return true;
  const [before, after] = [text.charCodeAt(at - 1), text.charCodeAt(at)];
  // no mark that joins others is below these
  if (before < PLAIN && after < PLAIN) return !(before === CR && after === LF);
  const from = Math.max(0, at - REACH);
  const there = at - from;
  return SEGMENTER.segment(text.slice(from, at + REACH)).containing(there)?.index === there;
};

export function boundaryBefore(text: string, at: number): number {
  let place = at - 1;
  for (const least = at - REACH; place > least && !isBoundary(text, place); ) place -= 1;
  return Math.max(0, halves(text, place) ? place - 1 : place);
}

function boundaryAfter(text: string, at: number): number {
  let place = at + 1;
  for (const most = at + REACH; place < most && !isBoundary(text, place); ) place += 1;
  return Math.min(text.length, halves(text, place) ? place + 1 : place);
}

/** Between the two units of one character. */
export const halves = (text: string, at: number): boolean =>
  at > 0 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800 && (text.charCodeAt(at) & 0xfc00) === 0xdc00;

const CR = 13;
const LF = 10;
const PLAIN = 0x300;
/** Longer ones are made to be in the way. */
const REACH = 32;
const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });
