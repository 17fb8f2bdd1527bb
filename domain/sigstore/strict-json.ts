import { isUtf8 } from 'node:buffer';

/**
 * Reads JSON that two readers cannot understand differently: UTF-8 without faults, and no key twice in one object, of
 * which one reader takes the first and another the last. Throws SyntaxError and nothing else.
 */
export function readStrictJson(bytes: Uint8Array, maxBytes: number): unknown {
  if (bytes.byteLength > maxBytes) throw new SyntaxError(`it is longer than ${maxBytes} bytes`);
  const text = decode(bytes);
  const value: unknown = JSON.parse(text);
  // of a key that an object has twice one is lost: then fewer were read than were written
  if (keysIn(value, 0) !== keysWritten(text)) throw new SyntaxError('an object has the same key twice');
  return value;
}

function decode(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new SyntaxError('it is not UTF-8');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

const MAX_DEPTH = 64;

function keysIn(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth === MAX_DEPTH) throw new SyntaxError('it is nested too deep');
  const items: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  let keys = items === value ? 0 : items.length;
  for (const item of items) if (typeof item === 'object') keys += keysIn(item, depth + 1);
  return keys;
}

const COLON = 0x3a;

/** In text that is known to be JSON, a string before a colon is a key, and between two strings there is no quote. */
function keysWritten(text: string): number {
  let keys = 0;
  for (let start = text.indexOf('"'); start >= 0; ) {
    const end = endOfString(text, start);
    if (nextCode(text, end + 1) === COLON) keys += 1;
    start = text.indexOf('"', end + 1);
  }
  return keys;
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
