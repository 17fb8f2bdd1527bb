/** Words of base64 in which something is written: as in settings of clusters, links with data, headers of requests. */
export type Packed = { readonly start: number; readonly end: number; readonly text: string };

export function packedIn(text: string): Packed[] {
  const found: Packed[] = [];
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (!saysSomething(decoded(word.slice(0, TRIED)))) continue;
    const said = written(decoded(word));
    if (said !== undefined) found.push({ start: index, end: index + word.length, text: said });
  }
  return found;
}

/** Shorter ones hold no address, and names in programs are mostly shorter. */
const WORD = /[A-Za-z0-9+/_-]{20,}={0,2}/g;
const TRIED = 32;

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
