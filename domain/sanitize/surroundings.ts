import type { DetectHint } from './detector.ts';

/** What stands around a find: the words that say what a number is. */
export type Surroundings = {
  readonly path: string;
  /** Up to so many characters before it, in small letters. */
  before(length: number): string;
  after(length: number): string;
  /** Whether one of the words stands close by, or at the head of its column. */
  says(words: RegExp): boolean;
  /** The head of its column, where the text is a table. */
  heading(): string;
};

/** Of all finds of one text. */
export type Around = {
  at(start: number, end: number): Surroundings;
  /** The first row of a table; empty where the text is none. */
  readonly heads: string;
};

export function surroundingsIn(text: string, hint: DetectHint): Around {
  const table = tableOf(text, hint);
  const at = (start: number, end: number): Surroundings => {
    const before = (length: number) =>
      withoutMasks(text.slice(Math.max(0, start - length), start)).toLowerCase();
    const after = (length: number) => withoutMasks(text.slice(end, end + length)).toLowerCase();
    const heading = () => (table === undefined ? '' : table.headOf(start));
    return {
      path: hint.path ?? '',
      before,
      after,
      heading,
      says: (words) => {
        const head = heading();
        if (head === '') return words.test(before(BEFORE)) || words.test(after(AFTER));
        // the rows above and below are about others
        const [own = ''] = after(AFTER).split('\n');
        return words.test(head) || words.test(before(BEFORE).split('\n').at(-1) ?? '') || words.test(own);
      },
    };
  };
  return { at, heads: table?.heads ?? '' };
}

/** A mask speaks of a kind, and says nothing of what stands beside it. */
const withoutMasks = (text: string): string =>
  text.includes(']') || text.includes('[')
    ? text.replace(
        /\[[A-Z][A-Z0-9_]{1,62}(?: \d{1,9})?\]|^[A-Z0-9_]{1,62}(?: \d{1,9})?\]|\[[A-Z0-9_]{1,62}$/g,
        ' ',
      )
    : text;

const BEFORE = 64;
const AFTER = 24;
/** A row is looked at only so far to either side: a text of one line must not be gone through for every find in it. */
const MAX_ROW = 2000;

type Table = { readonly heads: string; headOf(start: number): string };

function tableOf(text: string, { heading, format }: DetectHint): Table | undefined {
  if (format !== undefined && NO_TABLE.has(format)) return undefined;
  const first = heading ?? text.slice(0, MAX_ROW).split('\n', 1)[0] ?? '';
  const separator = SEPARATORS.find((sign) => first.includes(sign));
  if (separator === undefined) return undefined;
  const heads = cellsOf(first.toLowerCase(), separator);
  const headOf = (start: number): string => {
    const from = text.slice(Math.max(0, start - MAX_ROW), start);
    const row = from.slice(from.lastIndexOf('\n') + 1);
    const rest = text.slice(start, start + MAX_ROW).split('\n', 1)[0] ?? '';
    // prose with commas is no table: its lines do not have as many as the first
    if (cellsOf(row + rest, separator).length !== heads.length) return '';
    return heads[cellsOf(row, separator).length - 1] ?? '';
  };
  return { heads: heads.join(separator), headOf };
}

/** Their lines are not rows, and their names stand beside their values. */
const NO_TABLE: ReadonlySet<string> = new Set(['json', 'yaml', 'xml', 'html']);

const SEPARATORS = ['\t', ';', ',', '|'];

function cellsOf(row: string, separator: string): string[] {
  if (!row.includes('"')) return row.split(separator);
  const cells: string[] = [];
  let [cell, quoted] = ['', false];
  for (const character of row) {
    if (character === '"') quoted = !quoted;
    if (character === separator && !quoted) {
      cells.push(cell);
      cell = '';
    } else cell += character;
  }
  return [...cells, cell];
}
