/** How much of each kind of text is kept: enough to read, too little to fill a disk with. */
export const MAX_TEXT = { name: 256, title: 256, message: 4000, snippet: 1000, path: 1024 } as const;

/**
 * Foreign text that may be shown, stored and searched: without the characters that steer a terminal or turn the direction
 * of writing, and not longer than `max`. Line feeds and tabs stay.
 */
export function cleanText(text: string, max: number): string {
  const part = text.length > max ? text.slice(0, max) : text;
  const seen = HOSTILE.test(part) ? part.replaceAll(EVERY_HOSTILE, '\ufffd') : part;
  return seen.isWellFormed() ? seen : seen.toWellFormed();
}

/** The same as one line. */
export const cleanLine = (text: string, max: number): string =>
  cleanText(text, max).replaceAll(/\s+/g, ' ').trim();

const CHARACTERS =
  '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]';
const HOSTILE = new RegExp(CHARACTERS);
const EVERY_HOSTILE = new RegExp(CHARACTERS, 'g');
