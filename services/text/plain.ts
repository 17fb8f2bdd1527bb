import { type Content, HEAD_BYTES } from './content.ts';
import { type Encoding, looksLikeText } from './encoding.ts';
import type { Look } from './look.ts';
import { type Piece, under } from './piece.ts';
import { cutBefore, reveal } from './reveal.ts';
import { linesIn, OVERLAP, ownPart, WINDOW } from './windows.ts';

/**
 * A text of any length, a window at a time. Windows hold some of the same text, so that nothing is missed that stands where
 * they meet, and each counts only what begins in its own part.
 */
export function* plainText(
  content: Content,
  encoding: Encoding,
  format: string,
  look: Look,
): Generator<Piece> {
  const decoder = new TextDecoder(encoding.label, { ignoreBOM: true });
  const place = content.place;
  let [before, raw, line, heading] = ['', '', 1, undefined as string | undefined];
  let read = 0;
  for (const window of content.windows(WINDOW)) {
    const start = read === 0 ? encoding.mark : 0;
    const unseen = read === 0 ? window.subarray(HEAD_BYTES) : window;
    read += window.length;
    const isLast = read >= content.size;
    const decoded = decoder.decode(window.subarray(start), { stream: !isLast });
    const isText = encoding.label.startsWith('utf-16') ? !hasZeros(decoded) : looksLikeText(unseen);
    if (!isText) look.unread('unknown_format', under(place, `from line ${line}`));
    raw += decoded.includes('\0') ? decoded.replaceAll('\0', '') : decoded; // a zero in a word hides it from nobody
    const cut = isLast ? raw.length : cutBefore(raw, format);
    const fresh = reveal(raw.slice(0, cut), format);
    raw = raw.slice(cut);
    const text = before + fresh;
    heading ??= firstLine(text);
    const kept = isLast ? 0 : Math.min(OVERLAP, text.length);
    yield {
      ...{ place, text, unit: 'line', first: line },
      ...(before === '' && isLast ? {} : { counts: ownPart(before.length, text.length, kept) }),
      ...(before === '' ? {} : { repeats: before.length }),
      ...(before === '' || format !== 'csv' ? {} : { heading }),
    };
    if (isLast) return;
    before = text.slice(text.length - kept);
    line += linesIn(text, 0, text.length - kept);
  }
  if (read < content.size) look.unread('damaged', place);
}

/** Letters with zeros between them are none to whoever looks for a word, and are to whoever does not show zeros. */
function hasZeros(text: string): boolean {
  let count = 0;
  for (let at = text.indexOf('\0'); at !== -1; at = text.indexOf('\0', at + 1)) count += 1;
  return count > text.length / 100 + 1;
}

const firstLine = (text: string): string =>
  text.slice(0, Math.min(MAX_HEADING, (text.indexOf('\n') + 1 || MAX_HEADING + 1) - 1));

const MAX_HEADING = 2000;
