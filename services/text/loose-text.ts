import { type Piece, under } from './piece.ts';

/**
 * What reads like text among bytes that no reader of their format tells of: behind the end of a picture, in front of a PDF, in
 * the comment of a zip. It is found there by whoever opens the file with anything else.
 */
export function looseText(place: string, bytes: Uint8Array): Piece {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const [plain, wide] = [text.match(READABLE) ?? [], text.match(READABLE_WIDE) ?? []];
  const lines = [...plain, ...wide.map((line) => line.replaceAll('\0', ''))];
  return { place: under(place, 'among the bytes'), text: lines.join('\n'), isTechnical: true };
}

const READABLE = /[\t\x20-\x7e]{8,}/g;
/** Of two bytes a letter. */
const READABLE_WIDE = /(?:[\t\x20-\x7e]\0){8,}/g;
