import { isUtf8 } from 'node:buffer';

/**
 * Reads JSON that two readers cannot understand differently: UTF-8 without faults, and no key twice in one object, of
 * which one reader takes the first and another the last. Throws SyntaxError and nothing else.
 */
export function readStrictJson(bytes: Uint8Array, maxBytes: number, maxDepth = 64): unknown {
  if (bytes.byteLength > maxBytes) throw new SyntaxError(`it is longer than ${maxBytes} bytes`);
  const text = decode(bytes);
  const value: unknown = JSON.parse(text);
  // of a key that an object has twice one is lost: then fewer were read than were written
  if (keysIn(value, maxDepth) !== keysWritten(text))
    throw new SyntaxError('an object has the same key twice');
  return value;
}

function decode(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new SyntaxError('it is not UTF-8');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function keysIn(value: unknown, depthLeft: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depthLeft === 0) throw new SyntaxError('it is nested too deep');
  let keys = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') keys += keysIn(item, depthLeft - 1);
    return keys;
  }
  // what was read from JSON inherits nothing that could be counted
  for (const key in value) {
    const item: unknown = value[key as keyof typeof value];
    keys += typeof item === 'object' ? 1 + keysIn(item, depthLeft - 1) : 1;
  }
  return keys;
}

const QUOTE = 0x22;
const COLON = 0x3a;
const SLASH = 0x5c;

/** In text that is known to be JSON, a string before a colon is a key, and between two strings there is no quote. */
function keysWritten(text: string): number {
  let keys = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) !== QUOTE) continue;
    at = endOfString(text, at);
    let next = at + 1;
    while (text.charCodeAt(next) <= 0x20) next += 1;
    if (text.charCodeAt(next) === COLON) keys += 1;
  }
  return keys;
}

function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === SLASH) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
}
