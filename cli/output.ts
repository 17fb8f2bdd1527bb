import Table from 'cli-table3';
import { neutralise, printableJson } from './neutralise.ts';

export type Format = 'text' | 'json';
type Stream = { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };

/** Where a command speaks: results on stdout, everything said meanwhile on stderr. */
export type Output = {
  readonly format: Format;
  /** In JSON the document alone; otherwise what `text` draws. */
  result(document: unknown, text: () => void): void;
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
      if (stdout.isTTY) stdout.write(`${drawn(head, rows, stdout.columns ?? 100)}\n`);
      else for (const row of [head, ...rows]) stdout.write(`${row.map(neutralise).join('\t')}\n`);
    },
    result: (document, text) => {
      if (format === 'json') stdout.write(`${printableJson(document)}\n`);
      else text();
    },
  };
}

function drawn(head: readonly string[], rows: readonly (readonly string[])[], columns: number): string {
  const longest = Math.max(24, Math.floor((columns * 0.8) / Math.max(1, Math.min(head.length, 3))));
  const table = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  table.push(...rows.map((row) => row.map((cell) => shortened(neutralise(cell), longest))));
  return table.toString();
}

function shortened(cell: string, longest: number): string {
  const characters = [...cell];
  return characters.length <= longest ? cell : `${characters.slice(0, longest - 1).join('')}…`;
}
