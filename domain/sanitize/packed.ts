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
    if (saysSomething(decoded(text.slice(begin, Math.min(end, begin + TRIED))))) {
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

const OF_WORD = new Uint8Array(128);
for (const sign of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-')
  OF_WORD[sign.charCodeAt(0)] = 1;
const isOfWord = (code: number): boolean => code < 128 && OF_WORD[code] === 1;

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
