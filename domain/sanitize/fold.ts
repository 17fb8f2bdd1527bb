export type Unfolded = {
  readonly text: string;
  /** Where in the source a sign of the text begins, and where the one before it ends. */
  readonly offsetOf: (at: number) => number;
  readonly endOf: (at: number) => number;
};

/**
 * A text as it is read by people: with plain digits, blanks and hyphens in the place of their many forms, without what takes no
 * room, and with the signs that programs write as an escape. Otherwise a soft hyphen in a number would hide it, and every PDF
 * has them; and an address would be none in a link.
 */
export function unfold(source: string): Unfolded {
  if (!FOLDED.test(source)) return { text: source, offsetOf: (at) => at, endOf: (at) => at };
  const offsets = new Uint32Array(source.length + 1);
  let [text, length, same] = ['', 0, 0];
  for (let at = 0; at < source.length; at += 1) {
    const code = source.charCodeAt(at);
    const escaped = mayEscape(code) ? escapeAt(source, at) : undefined;
    if (escaped !== undefined) {
      text += source.slice(same, at) + escaped.sign;
      offsets[length++] = at;
      at += escaped.length - 1;
      same = at + 1;
      continue;
    }
    const plain = code < 0x80 ? code : plainly(code);
    if (plain === code && plain !== TAG) {
      offsets[length++] = at;
      continue;
    }
    text += source.slice(same, at);
    // letters of tags, which no screen shows: both halves of each
    if (plain === TAG && isTagEnd(source.charCodeAt(at + 1))) at += 1;
    else if (plain !== undefined) {
      text += String.fromCharCode(plain);
      offsets[length++] = at;
    }
    same = at + 1;
  }
  text += source.slice(same);
  const end = length;
  const offsetOf = (at: number): number => (at < end ? (offsets[at] ?? source.length) : source.length);
  const endOf = (at: number): number => {
    const last = offsetOf(at - 1);
    return last + (escapeAt(source, last)?.length ?? 1);
  };
  return { text, offsetOf, endOf };
}

/** `%40`, `\u0040`, `\x40`, `&#64;`, `&#x40;`, `&commat;`, and `%2540` of who did it twice: what can be seen of ASCII, and nothing that ends a line. */
function escapeAt(
  source: string,
  at: number,
): { readonly sign: string; readonly length: number } | undefined {
  ESCAPE.lastIndex = at;
  const found = ESCAPE.exec(source);
  if (found === null) return undefined;
  const [whole, hex, entity, decimal] = found;
  const digits = hex ?? entity;
  const code = digits === undefined ? Number(decimal ?? COMMAT) : Number.parseInt(digits, 16);
  return code < 0x20 || code > 0x7e ? undefined : { sign: String.fromCharCode(code), length: whole.length };
}

const ESCAPE =
  /(?:%(?:25){0,3}|\\u00|\\x)([2-7][\da-f])|&#x0{0,4}([2-7][\da-f]);|&#0{0,4}(\d{2,3});|&commat;/iy;
const mayEscape = (code: number): boolean => code === 0x25 || code === 0x26 || code === 0x5c;
const COMMAT = 64;

const TAG = 0xdb40;
const isTagEnd = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff;

const FOLDED =
  /[\u00a0\u00ad\u061c\u0660-\u0669\u06f0-\u06f9\u180e\u200b-\u200f\u2000-\u200a\u2010-\u2015\u2024\u202a-\u202f\u2060-\u2069\u2212\u3000\u3002\ufe52\ufe6b\ufeff\uff01-\uff5e\uff61\udb40]|\u034f|[\ufe00-\ufe0f]|%[2-7][\da-fA-F]|\\(?:u00|x)[2-7][\da-fA-F]|&(?:#|commat;)/;

/** Undefined for what takes no room. */
function plainly(code: number): number | undefined {
  if (code >= 0xff01 && code <= 0xff5e) return code - 0xfee0;
  if (code === 0xad || code === 0x34f || code === 0x61c || code === 0x180e || code === 0xfeff)
    return undefined;
  if (code >= 0xfe00 && code <= 0xfe0f) return undefined;
  if (code === 0x2024 || code === 0x3002 || code === 0xfe52 || code === 0xff61) return 46;
  if (code === 0xfe6b) return 64;
  if ((code >= 0x200b && code <= 0x200f) || (code >= 0x202a && code <= 0x202e)) return undefined;
  if (code >= 0x2060 && code <= 0x2069) return undefined;
  if (code === 0xa0 || code === 0x202f || code === 0x3000 || (code >= 0x2000 && code <= 0x200a)) return 32;
  if ((code >= 0x2010 && code <= 0x2015) || code === 0x2212) return 45;
  if (code >= 0x660 && code <= 0x669) return code - 0x660 + 48;
  if (code >= 0x6f0 && code <= 0x6f9) return code - 0x6f0 + 48;
  return code;
}
