type Piece = { readonly start: number; readonly text: string };

/** As much at a time as a model reads well; each holds a little of the one before, so that no name is cut in two. */
export function piecesOf(text: string, length = LENGTH): Piece[] {
  const pieces: Piece[] = [];
  for (let start = 0; start < text.length; ) {
    const most = Math.min(text.length, start + length);
    const end = most === text.length ? most : wordEnd(text, most);
    pieces.push({ start, text: text.slice(start, end) });
    if (end === text.length) break;
    start = wordEnd(text, end - SHARED);
  }
  return pieces;
}

const LENGTH = 50_000;
const SHARED = 200;

/** Behind a blank close before it, else between two characters. */
function wordEnd(text: string, at: number): number {
  for (let back = at; back > at - SHARED / 2; back -= 1) if (/\s/.test(text[back - 1] as string)) return back;
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00 ? at - 1 : at;
}
