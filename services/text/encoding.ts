import { isUtf8 } from 'node:buffer';

export type Encoding = {
  /** A label of the WHATWG. */
  readonly label: string;
  /** Bytes of the mark at the beginning. */
  readonly mark: number;
};

/** How a text is written. `undefined` for bytes that are no text. */
export function encodingOf(head: Uint8Array, isWhole: boolean): Encoding | undefined {
  const marked = MARKS.find(([, mark]) => mark.every((byte, at) => head[at] === byte));
  // four bytes a character, which nothing here reads: in two bytes each it would be letters with zeros between them
  if (marked?.[0] === 'utf-16le' && head.length >= 4 && head[2] === 0 && head[3] === 0) return undefined;
  if (marked !== undefined) return { label: marked[0], mark: marked[1].length };
  const wide = wideEncoding(head);
  if (wide !== undefined) return { label: wide, mark: 0 };
  if (!looksLikeText(head)) return undefined;
  const label = isUtf8(isWhole ? head : wholeCharacters(head)) ? 'utf-8' : 'windows-1252';
  return { label, mark: 0 };
}

const MARKS: readonly (readonly [string, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** Latin text in two bytes each has a zero in every second place, and nearly none in the others. */
function wideEncoding(head: Uint8Array): string | undefined {
  if (head.length < 4) return undefined;
  const zeros = [0, 0];
  const end = Math.min(head.length, 4096) & ~1;
  for (let at = 0; at < end; at += 1) if (head[at] === 0) zeros[at & 1] = (zeros[at & 1] as number) + 1;
  const [even, odd] = zeros as [number, number];
  if (odd > 0.3 * end * 0.5 && even <= 0.02 * end) return 'utf-16le';
  if (even > 0.3 * end * 0.5 && odd <= 0.02 * end) return 'utf-16be';
  return undefined;
}

/**
 * Whether so few control characters are in it that a person would call it text. A few are let pass: one zero in a letter
 * must not hide it.
 */
export function looksLikeText(bytes: Uint8Array): boolean {
  let controls = 0;
  for (let at = 0; at < bytes.length; at += 1) controls += CONTROL[bytes[at] as number] as number;
  return controls <= bytes.length / 100 + 1;
}

/** 1 for bytes that lay nothing out: tab, line feed, form feed, carriage return, backspace and escape do. */
const CONTROL: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 && ![8, 9, 10, 12, 13, 27].includes(byte) ? 1 : 0,
);

/** Without a character that the end of the head has cut in two. */
function wholeCharacters(head: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(4, head.length); back += 1)
    if ((head[head.length - back] as number) >= 0xc0) return head.subarray(0, head.length - back);
  return head;
}

export const decode = (bytes: Uint8Array, { label, mark }: Encoding): string =>
  new TextDecoder(label, { ignoreBOM: true }).decode(bytes.subarray(mark));

/** As it was written; `undefined` where its characters are not all to be had that way. */
export function encode(text: string, { label, mark }: Encoding): Uint8Array | undefined {
  if (label === 'utf-8') return Buffer.from(mark > 0 ? `\uFEFF${text}` : text, 'utf8');
  if (label === 'utf-16le' || label === 'utf-16be') {
    const bytes = Buffer.from(mark > 0 ? `\uFEFF${text}` : text, 'utf16le');
    return label === 'utf-16le' ? bytes : bytes.swap16();
  }
  const table = singleBytes(label);
  const bytes = Buffer.alloc(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const byte = table.get(text[at] as string);
    if (byte === undefined) return undefined;
    bytes[at] = byte;
  }
  return bytes;
}

function singleBytes(label: string): ReadonlyMap<string, number> {
  const decoder = new TextDecoder(label);
  return new Map(Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte]));
}

/** A text of single bytes, as an old code page has it; Latin where the page is unknown. */
export function decodePage(bytes: Uint8Array, label: string): string {
  return new TextDecoder(isKnown(label) ? label : 'windows-1252').decode(bytes);
}

function isKnown(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_ENCODING_NOT_SUPPORTED') return false;
    throw error;
  }
}

/** As a page or an XML document says itself, unless its bytes say otherwise. */
export function declaredEncoding(bytes: Uint8Array, found: Encoding): Encoding {
  if (found.mark > 0 || found.label.startsWith('utf-16')) return found;
  const start = Buffer.from(bytes.subarray(0, 1024)).toString('latin1');
  const label = /(?:encoding|charset)\s*=\s*["']?([\w.:-]{1,40})/i.exec(start)?.[1]?.toLowerCase();
  if (label === undefined || label.startsWith('utf-16') || !isKnown(label)) return found;
  return { label: new TextDecoder(label).encoding, mark: 0 };
}

export function decodeXml(bytes: Uint8Array): string {
  const found = encodingOf(bytes.subarray(0, 4096), bytes.length <= 4096) ?? { label: 'utf-8', mark: 0 };
  return decode(
    bytes,
    declaredEncoding(bytes, found.label === 'windows-1252' ? { label: 'utf-8', mark: 0 } : found),
  );
}
