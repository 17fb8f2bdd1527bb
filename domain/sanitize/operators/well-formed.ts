/**
 * A text as recognisers can read it, unit for unit. Halves of surrogate pairs are bytes that are no UTF-8, as the bytes of a
 * stream are kept: most of them were letters in an old code page.
 */
export const readable = (text: string): string =>
  text.isWellFormed() ? text : text.replace(/\p{Cs}/gu, (half) => LATIN.get(half) ?? '\ufffd');

/** How a byte that is no UTF-8 stands in a text until it is written again. */
export const keptByte = (byte: number): string => String.fromCharCode(0xdc00 + byte);

const LATIN: ReadonlyMap<string, string> = new Map(
  Array.from({ length: 128 }, (_, at) => [
    keptByte(at + 128),
    new TextDecoder('windows-1252').decode(Uint8Array.of(at + 128)),
  ]),
);
