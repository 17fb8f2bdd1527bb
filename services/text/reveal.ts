/**
 * What escapes stand for, without changing how many lines there are: nobody hides an address by writing its sign as
 * `\u0040` or `&#64;`.
 */
export function reveal(text: string, format: string): string {
  if (ESCAPES.has(format)) return text.includes('\\') ? text.replace(ESCAPE, unescaped) : text;
  if (REFERENCES.has(format)) return text.includes('&') ? text.replace(REFERENCE, referred) : text;
  return text;
}

const ESCAPES: ReadonlySet<string> = new Set(['json', 'yaml']);
const REFERENCES: ReadonlySet<string> = new Set(['xml', 'html']);

/** No escape and no reference of a single character is longer. */
export const LONGEST_ESCAPE = 12;

/** Where a text may be cut without cutting an escape in two. */
export function cutBefore(text: string, format: string): number {
  const sign = ESCAPES.has(format) ? '\\' : REFERENCES.has(format) ? '&' : undefined;
  const at = sign === undefined ? -1 : text.indexOf(sign, Math.max(0, text.length - LONGEST_ESCAPE));
  return at > 0 ? at : text.length;
}

const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([bfnrt\\/"]))/g;
const REFERENCE =
  /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos|nbsp|commat|period|hyphen|plus|colon|sol|lowbar));/g;

function unescaped(whole: string, four?: string, two?: string, letter?: string): string {
  if (letter !== undefined) return LETTERS[letter] ?? ' ';
  return visible(Number.parseInt(four ?? two ?? '', 16)) ?? whole;
}

const LETTERS: Readonly<Record<string, string>> = { '\\': '\\', '/': '/', '"': '"' };

function referred(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return NAMED[name] ?? whole;
  return visible(decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)) ?? whole;
}

// biome-ignore format: a table reads better in a few rows
const NAMED: Readonly<Record<string, string>> = {
  amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', commat: '@', period: '.', hyphen: '-', plus: '+',
  colon: ':', sol: '/', lowbar: '_',
};

/** A line that an escape ends is none that a person counts. */
function visible(code: number): string | undefined {
  if (!(code <= 0x10ffff)) return undefined;
  return code < 0x20 ? ' ' : String.fromCodePoint(code);
}
