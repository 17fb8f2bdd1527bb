import { inner } from './archive.ts';
import type { Content } from './content.ts';
import type { Look } from './look.ts';
import type { Piece } from './piece.ts';

/** Files that a text carries in addresses of its own, as pages carry their pictures. */
export async function* embeddedText(content: Content, look: Look): AsyncGenerator<Piece> {
  const bytes = content.whole();
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let number = 0;
  for (let at = text.indexOf(SIGN); at !== -1; at = text.indexOf(SIGN, at + 1)) {
    if (!text.subarray(Math.max(0, at - LONGEST_TYPE), at).includes('data:')) continue;
    number += 1;
    if (!look.entry()) return look.unread('too_large', content.place);
    const start = at + SIGN.length;
    let end = start;
    while (end < text.length && isPacked(text[end] as number)) end += 1;
    const file = Buffer.from(text.toString('latin1', start, end), 'base64');
    if (file.length > 0) yield* look.inside(inner(content, `embedded file ${number}`, file));
  }
}

const SIGN = ';base64,';
const LONGEST_TYPE = 120;

const isPacked = (code: number): boolean =>
  (code >= 0x41 && code <= 0x5a) ||
  (code >= 0x61 && code <= 0x7a) ||
  (code >= 0x2f && code <= 0x39) || // the slash and digits
  [0x2b, 0x2d, 0x5f, 0x3d, 0x0a, 0x0d].includes(code);
