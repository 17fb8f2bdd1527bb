import type { DetectHint } from './detector.ts';
import type { Windows } from './windows.ts';

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
  readonly columns: readonly string[];
  readonly windows: Windows;
  /** What several kinds have to know about a text is found out once. */
  once<T>(work: (text: string, around: Around) => T): T;
};

export function surroundingsIn(text: string, hint: DetectHint, windows: Windows): Around {
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
  const known = new Map<unknown, unknown>();
  const around: Around = {
    at,
    heads: table?.heads ?? '',
    columns: table?.columns ?? [],
    windows,
    once: <T>(work: (text: string, around: Around) => T): T => {
      if (!known.has(work)) known.set(work, work(text, around));
      return known.get(work) as T;
    },
  };
  return around;
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

type Table = { readonly heads: string; readonly columns: readonly string[]; headOf(start: number): string };

function tableOf(text: string, { heading, format }: DetectHint): Table | undefined {
  if (format !== undefined && NO_TABLE.has(format)) return undefined;
  const first = heading ?? text.slice(0, MAX_ROW).split('\n', 1)[0] ?? '';
  const separator = SEPARATORS.find((sign) => first.includes(sign));
  if (separator === undefined) return undefined;
  const heads = cellsOf(first.toLowerCase(), separator);
  const none = { from: -1, to: -1, ends: [] as number[] };
  let row = none;
  const headOf = (start: number): string => {
    if (start < row.from || start > row.to) row = rowAt(text, start, separator);
    // prose with commas is no table: its lines do not have as many as the first
    if (row.ends.length !== heads.length) return '';
    return heads[row.ends.findIndex((end) => start <= end)] ?? '';
  };
  return { heads: heads.join(separator), columns: heads, headOf };
}

/** Where a row lies, and where each of its cells ends. */
function rowAt(text: string, at: number, separator: string): { from: number; to: number; ends: number[] } {
  const before = text.slice(Math.max(0, at - MAX_ROW), at);
  const from = at - before.length + before.lastIndexOf('\n') + 1;
  const after = text.slice(at, at + MAX_ROW);
  const line = after.indexOf('\n');
  const to = at + (line === -1 ? after.length : line);
  let end = from;
  const ends = cellsOf(text.slice(from, to), separator).map(({ length }) => {
    end += length + 1;
    return end - 1;
  });
  return { from, to, ends };
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
