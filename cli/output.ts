import Table from 'cli-table3';
import { neutralise, printableJson } from './neutralise.ts';

export type Format = 'text' | 'json';
type Stream = { write(text: string): unknown; readonly isTTY?: boolean };

/** Where a command speaks: results on stdout, everything said meanwhile on stderr. */
export type Output = {
  readonly format: Format;
  /** In JSON the document alone; otherwise what `text` draws. */
  result(document: unknown, text: () => void): void;
  /** One of many that come one after the other: in JSON a line each. */
  record(document: unknown, text: string): void;
  table(head: readonly string[], rows: readonly (readonly string[])[]): void;
  line(text: string): void;
  note(text: string): void;
};

export function createOutput(format: Format, stdout: Stream, stderr: Stream): Output {
  const line = (text: string) => stdout.write(`${neutralise(text)}\n`);
  return {
    format,
    line,
    note: (text) => stderr.write(`${neutralise(text)}\n`),
    table: (head, rows) => {
      if (stdout.isTTY) stdout.write(`${drawn(head, rows)}\n`);
      else for (const row of [head, ...rows]) stdout.write(`${row.map(neutralise).join('\t')}\n`);
    },
    result: (document, text) => {
      if (format === 'json') stdout.write(`${printableJson(document)}\n`);
      else text();
    },
    record: (document, text) => {
      if (format === 'json') stdout.write(`${printableJson(document, 0)}\n`);
      else line(text);
    },
  };
}

/** Columns without lines, and every cell whole: what stands here is there to be copied. */
function drawn(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: [...head],
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 1 },
    chars: NO_LINES,
  });
  table.push(...rows.map((row) => row.map(neutralise)));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

const NO_LINES = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ mid: '', 'mid-mid': '', 'left-mid': '', 'right-mid': '' },
  ...{ left: '', right: '', middle: ' ' },
};
