import { isUtf8 } from 'node:buffer';

/**
 * Reads JSON that two readers cannot understand differently: UTF-8 without faults, and no key twice in one object, of
 * which one reader takes the first and another the last. Throws SyntaxError and nothing else.
 */
export function readStrictJson(bytes: Uint8Array, maxBytes: number): unknown {
  if (bytes.byteLength > maxBytes) throw new SyntaxError(`it is longer than ${maxBytes} bytes`);
  const text = decode(bytes);
  const value: unknown = JSON.parse(text);
  requireDifferentKeys(text);
  return value;
}

function decode(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new SyntaxError('it is not UTF-8');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

const MAX_DEPTH = 64;
const QUOTE = 0x22;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const OPEN_ARRAY = 0x5b;
const CLOSE_OBJECT = 0x7d;
const CLOSE_ARRAY = 0x5d;

/** Walks over text that is known to be JSON: a string before a colon is a key of the innermost object. */
function requireDifferentKeys(text: string): void {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (nextCode(text, end + 1) === COLON) noteKey(open[open.length - 1], text.slice(at + 1, end));
      at = end;
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      if (open.length === MAX_DEPTH) throw new SyntaxError('it is nested too deep');
      open.push(code === OPEN_OBJECT ? new Set() : undefined);
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) open.pop();
  }
}

function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text[end - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return end;
  }
}

function nextCode(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at += 1;
  return text.charCodeAt(at);
}

/** The same key may be written in two ways: what counts is what it says. */
function noteKey(keys: Set<string> | undefined, written: string): void {
  const key: string = written.includes('\\') ? JSON.parse(`"${written}"`) : written;
  if (keys?.has(key)) throw new SyntaxError('an object has the same key twice');
  keys?.add(key);
}
