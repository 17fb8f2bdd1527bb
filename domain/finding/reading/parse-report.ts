import { isUtf8 } from 'node:buffer';
import type { Problems } from './problems.ts';

/** V8 holds no longer strings than about 512 Mi characters; a report beyond half of that is no report. */
const MAX_REPORT_BYTES = 256 * 1024 * 1024;

/**
 * A report's JSON, whichever way it was written: with byte order mark, in UTF-16 as PowerShell redirects it, with raw
 * control characters. What had to be mended is told; `undefined` says that there is nothing to read, and why is told too.
 */
export function parseReport(
  report: string | Buffer,
  problems: Problems,
  maxBytes = MAX_REPORT_BYTES,
): { readonly value: unknown } | undefined {
  if (report.length > maxBytes) {
    problems.add('report_too_large', `the report is larger than ${maxBytes} bytes`);
    return undefined;
  }
  const text = typeof report === 'string' ? report.replace(/^\ufeff/, '') : decoded(report, problems);
  if (text.trim() === '') {
    problems.add('report_empty', 'the report is empty');
    return undefined;
  }
  const parsed = parsedJson(text) ?? parsedWithoutControls(text, problems);
  if (parsed === undefined) problems.add('not_json', 'the report is no JSON');
  else noteRepeatedKeys(text, problems);
  return parsed;
}

function decoded(bytes: Buffer, problems: Problems): string {
  const encoding = encodingOf(bytes);
  const text = new TextDecoder(encoding).decode(bytes);
  const isValid = encoding === 'utf-8' ? isUtf8(bytes) : !text.includes('\ufffd');
  if (!isValid)
    problems.add('invalid_encoding', `some of the report is not ${encoding}; it is shown with U+FFFD`);
  return text;
}

/** JSON begins with an ASCII character, so NULs tell UTF-16 also without a mark. */
function encodingOf(bytes: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first !== 0 && second === 0) return 'utf-16le';
  return first === 0 && second !== 0 ? 'utf-16be' : 'utf-8';
}

function parsedJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Some writers put control characters into strings as they are, which JSON forbids but which loses nothing. */
function parsedWithoutControls(text: string, problems: Problems): { readonly value: unknown } | undefined {
  const parsed = parsedJson(text.replaceAll(CONTROLS, ' '));
  if (parsed !== undefined)
    problems.add('control_characters', 'the report holds raw control characters; they are read as spaces');
  return parsed;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced here
const CONTROLS = /[\u0000-\u001f]/g;

/**
 * Of a key that is given twice every reader picks its own one: results could be hidden from us that others see, or the
 * other way. The last is taken, as JSON.parse does, and it is said. One pass over text that is known to be JSON.
 */
function noteRepeatedKeys(text: string, problems: Problems): void {
  const open: (Set<string> | undefined)[] = [];
  let repeated: string | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === OPEN_OBJECT) open.push(new Set());
    else if (code === OPEN_LIST) open.push(undefined);
    else if (code === CLOSE_OBJECT || code === CLOSE_LIST) open.pop();
    else if (code === QUOTE) {
      const end = endOfString(text, at);
      const keys = open.at(-1);
      if (keys !== undefined && isKey(text, end)) {
        const key = keyOf(text.slice(at + 1, end));
        if (keys.has(key)) repeated ??= key;
        keys.add(key);
      }
      at = end;
    }
  }
  if (repeated !== undefined)
    problems.add(
      'repeated_key',
      `"${repeated.slice(0, 64)}" stands twice in one object; the last one counts`,
    );
}

const QUOTE = 34;
const BACKSLASH = 92;
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [123, 125, 91, 93];

/** Written with an escape it is still the same key. */
const keyOf = (raw: string): string => (raw.includes('\\') ? String(JSON.parse(`"${raw}"`)) : raw);

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes += 1;
  return slashes % 2 === 1;
}

function isKey(text: string, end: number): boolean {
  let at = end + 1;
  while (text.charCodeAt(at) <= 32) at += 1;
  return text[at] === ':';
}
