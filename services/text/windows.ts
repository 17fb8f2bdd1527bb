import type { Piece } from './piece.ts';

/**
 * A long piece as several, each short enough to look at as a whole. They hold some of the same text, so that nothing is missed
 * where they meet, and each counts only what begins in its own part.
 */
export function* inWindows(piece: Piece): Generator<Piece> {
  const { text, marks, first, unit } = piece;
  if (text.length <= 2 * WINDOW || piece.counts !== undefined) {
    yield piece;
    return;
  }
  let [start, line] = [0, first ?? 1];
  for (;;) {
    const end = Math.min(text.length, start + WINDOW);
    yield {
      ...piece,
      text: text.slice(start, end),
      ...(unit !== undefined && marks === undefined ? { first: line } : {}),
      ...(marks === undefined ? {} : { marks: marks.map(([at, number]) => [at - start, number] as const) }),
      ...(start === 0 ? {} : { repeats: OVERLAP }),
      counts: ownPart(start === 0 ? 0 : OVERLAP, end - start, end === text.length ? 0 : OVERLAP),
    };
    if (end === text.length) return;
    line += linesIn(text, start, end - OVERLAP);
    start = end - OVERLAP;
  }
}

export const WINDOW = 1024 * 1024;

/** Twice of what anything that is looked for needs: the longest are private keys. */
export const OVERLAP = 16 * 1024;

/** Of what two windows share, the first half counts in the one and the rest in the other. */
export const ownPart = (
  before: number,
  length: number,
  after: number,
): { readonly from: number; readonly to: number } => ({
  from: before - Math.floor(before / 2),
  to: length - Math.floor(after / 2),
});

export function linesIn(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
