/** Words of base64 in which something is written: as in settings of clusters, links with data, headers of requests. */
export type Packed = { readonly start: number; readonly end: number; readonly text: string };

export function packedIn(text: string): Packed[] {
  const found: Packed[] = [];
  // from the place where a word that began here would be long enough: most of what lies before is never looked at
  for (let last = SHORTEST - 1, begin = 0; last < text.length; last = begin + SHORTEST - 1) {
    let at = last;
    while (at >= begin && isOfWord(text.charCodeAt(at))) at -= 1;
    if (at >= begin) {
      begin = at + 1;
      continue;
    }
    let end = last + 1;
    while (end < text.length && isOfWord(text.charCodeAt(end))) end += 1;
    if (maySay(text, begin) && saysSomething(decoded(text.slice(begin, Math.min(end, begin + TRIED))))) {
      const said = written(decoded(text.slice(begin, end)));
      if (said !== undefined) found.push({ start: begin, end: withPadding(text, end), text: said });
    }
    begin = end + 1;
  }
  return found;
}

/** Shorter ones hold no address, and names in programs are mostly shorter. */
const SHORTEST = 20;
const TRIED = 32;

const NO_SIGN = 255;
const VALUES = new Uint8Array(128).fill(NO_SIGN);
for (const alphabet of ['+/', '-_'])
  for (const [value, sign] of [
    ...`ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789${alphabet}`,
  ].entries())
    VALUES[sign.charCodeAt(0)] = value;
const isOfWord = (code: number): boolean => code < 128 && VALUES[code] !== NO_SIGN;

/** By the first of it: of names, paths and digests hardly one looks any further like base64. */
function maySay(text: string, begin: number): boolean {
  let unreadable = 0;
  for (let at = begin; at < begin + SHORTEST - 3; at += 4) {
    const bits =
      (valueAt(text, at) << 18) |
      (valueAt(text, at + 1) << 12) |
      (valueAt(text, at + 2) << 6) |
      valueAt(text, at + 3);
    for (let shift = 16; shift >= 0; shift -= 8) {
      const byte = (bits >> shift) & 0xff;
      if (byte !== 0 && !isReadable(byte)) unreadable += 1;
    }
    if (unreadable > 1) return false;
  }
  return true;
}

const valueAt = (text: string, at: number): number => VALUES[text.charCodeAt(at)] ?? 0;

function withPadding(text: string, end: number): number {
  if (text[end] !== '=') return end;
  return text[end + 1] === '=' ? end + 2 : end + 1;
}

const decoded = (word: string): Buffer => Buffer.from(word, 'base64');

/** Of what is no base64 hardly a sign could be read, and of pictures and keys neither. */
function saysSomething(bytes: Buffer): boolean {
  let readable = 0;
  for (const byte of bytes) if (isReadable(byte)) readable += 1;
  return readable >= bytes.length * 0.9 || isWide(bytes);
}

const isReadable = (byte: number): boolean =>
  (byte >= 0x20 && byte <= 0x7e) || (byte >= 0x09 && byte <= 0x0d) || byte >= 0xc3;

/** UTF-16, as PowerShell has its commands. */
const isWide = (bytes: Buffer): boolean => {
  for (let at = 0; at + 1 < bytes.length; at += 2)
    if (bytes[at + 1] !== 0 || !isReadable(bytes[at] ?? 0)) return false;
  return true;
};

function written(bytes: Buffer): string | undefined {
  const text = bytes.toString(isWide(bytes.subarray(0, TRIED)) ? 'utf16le' : 'utf8');
  return text.trim() === '' ? undefined : text;
}
