import { isUtf8 } from 'node:buffer';
import { CertusError } from '../../../contracts/errors.ts';
import { keptByte } from '../operators/well-formed.ts';

/**
 * The text of bytes that come in pieces, and the bytes of a text again. What is no UTF-8 is kept byte by byte: whatever is not
 * replaced leaves as it came, and a line in an old code page among others is looked into as well.
 */
export class StreamText {
  #encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | undefined;
  #held: Buffer = Buffer.alloc(0);

  decode(bytes: Uint8Array): string {
    const all = this.#held.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#held, bytes]);
    if (this.#encoding === undefined && all.length < HEAD) {
      this.#held = all;
      return '';
    }
    this.#encoding ??= encodingOf(all);
    const whole = this.#encoding === 'utf-8' ? wholeCharacters(all) : all.length & ~1;
    this.#held = all.subarray(whole);
    return this.#text(all.subarray(0, whole));
  }

  end(): string {
    const held = this.#held;
    this.#held = Buffer.alloc(0);
    this.#encoding ??= encodingOf(held);
    if (this.#encoding === 'utf-8' || held.length % 2 === 0) return this.#text(held);
    throw new CertusError('item_unreadable', 'half a character stands at the end of a text in UTF-16');
  }

  encode(text: string): Uint8Array {
    if (this.#encoding === 'utf-16le') return Buffer.from(text, 'utf16le');
    if (this.#encoding === 'utf-16be') return Buffer.from(text, 'utf16le').swap16();
    if (text.isWellFormed()) return Buffer.from(text, 'utf8');
    return Buffer.concat(
      text
        .split(/(\p{Cs})/u)
        .map((part) =>
          part.isWellFormed() ? Buffer.from(part, 'utf8') : Buffer.of(part.charCodeAt(0) & 0xff),
        ),
    );
  }

  #text(bytes: Buffer): string {
    if (this.#encoding === 'utf-16le') return bytes.toString('utf16le');
    if (this.#encoding === 'utf-16be') return Buffer.from(bytes).swap16().toString('utf16le');
    return isUtf8(bytes) ? bytes.toString('utf8') : byteByByte(bytes);
  }
}

/** By its mark, or by the zeros between Latin letters: read as UTF-8 nothing would be found in it. */
function encodingOf(head: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const mark = head.subarray(0, 2).toString('hex');
  if (mark === 'fffe') return 'utf-16le';
  if (mark === 'feff') return 'utf-16be';
  if (head.length < FEWEST) return 'utf-8';
  const zeros: [number, number] = [0, 0];
  const length = Math.min(head.length, HEAD) & ~1;
  for (let at = 0; at < length; at += 1) if (head[at] === 0) zeros[(at & 1) as 0 | 1] += 1;
  if (zeros[1] > length * MANY && zeros[1] > 4 * zeros[0]) return 'utf-16le';
  if (zeros[0] > length * MANY && zeros[0] > 4 * zeros[1]) return 'utf-16be';
  return 'utf-8';
}

const HEAD = 4096;
/** A few zeros among a few bytes say nothing. */
const FEWEST = 8;
const MANY = 0.15;

/** Up to a character that the end has cut in two. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const at = bytes.length - back;
    const lead = bytes[at] as number;
    if (lead >= 0xc0) return lengthOf(lead) > back ? at : bytes.length;
    if (lead < 0x80) return bytes.length;
  }
  return bytes.length;
}

const lengthOf = (lead: number): number => (lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1);

function byteByByte(bytes: Buffer): string {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] as number;
    const length = lengthOf(byte);
    if (
      byte < 0x80 ||
      (length > 1 && at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)))
    ) {
      at += length;
      continue;
    }
    parts.push(bytes.toString('utf8', start, at), keptByte(byte));
    at += 1;
    start = at;
  }
  parts.push(bytes.toString('utf8', start));
  return parts.join('');
}
