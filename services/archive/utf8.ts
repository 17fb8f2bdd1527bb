import { isUtf8 } from 'node:buffer';

/** `undefined` for bytes that are no text. */
export const utf8 = (bytes: Buffer): string | undefined =>
  isUtf8(bytes) ? bytes.toString('utf8') : undefined;
