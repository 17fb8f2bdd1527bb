import { wholeCharacter } from './line.ts';
import type { Group } from './pack.ts';

export type Table = {
  /** The row that says what the columns are; an earlier part of the table had it. */
  head: string | undefined;
};

/** Rows, some at a time, each time below the row that says what they hold. A cell in quotes may have several lines. */
export function* tableGroups(text: string, first: number, table: Table): Generator<Group> {
  const isNew = table.head === undefined;
  let rows: string[] = [];
  let hasRows = false;
  let [size, from, to] = [0, first, first];
  const group = (): Group => ({
    text: [...(table.head === undefined || table.head === '' ? [] : [table.head]), ...rows].join('\n'),
    ...{ title: '', from, to },
  });
  for (const row of rowsOf(text, first)) {
    if (row.text.trim() === '') continue;
    if (table.head === undefined) {
      table.head = row.text.length <= LONGEST_HEAD ? row.text : '';
      if (table.head !== '') continue;
    }
    if (rows.length > 0 && size + row.text.length > MOST) {
      yield group();
      [rows, size] = [[], 0];
    }
    if (rows.length === 0) from = row.from;
    hasRows = true;
    rows.push(row.text);
    size += row.text.length + 1;
    to = row.to;
  }
  // a table that has no more than its head is all that there is
  if (rows.length > 0 || (isNew && !hasRows && (table.head ?? '') !== '')) yield group();
}

const LONGEST_HEAD = 400;
const MOST = 1000;

/** A row longer than a chunk is several. */
function* rowsOf(text: string, first: number): Generator<{ text: string; from: number; to: number }> {
  let [number, start, quoted] = [first, 0, false];
  let from = first;
  for (let at = 0; at <= text.length; at += 1) {
    const code = at === text.length ? FEED : text.charCodeAt(at);
    if (code === QUOTE) quoted = !quoted;
    const isLong = at - start >= MOST;
    const ends = at === text.length || (code === FEED && !quoted);
    if (ends || isLong) {
      const end = ends ? at : wholeCharacter(text, at);
      const row = text.slice(start, end);
      yield { text: row.endsWith('\r') ? row.slice(0, -1) : row, from, to: number };
      start = ends ? at + 1 : end;
      if (isLong) quoted = false; // a quote that nobody closes must not make one row of all that follows
      from = code === FEED ? number + 1 : number;
    }
    if (code === FEED) number += 1;
  }
}

const FEED = 10;
const QUOTE = 34;
