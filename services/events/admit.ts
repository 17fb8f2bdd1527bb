import type { NewScanEvent } from '../../contracts/scan-event.ts';

/** From this place on no log lines are kept: a tool that prints without end must not fill the database. */
export const FULL_AT = 99_000;
/** What else a run tells is little; only its end is kept wherever it comes. */
export const MOST_EVENTS = 100_000;
/** The longer a stream, the shorter its lines: with the bounds above the lines of a run stay below 64 MiB. */
const FIRST_LINES = 4_096;
const LINE_BYTES = { first: 4_096, later: 480 };
/** Of everything in an event but its line. */
const DATA_BYTES = { log: 512, other: 16_384 };

/** What of a batch is kept, and how, when it comes after `length` events. What was cut or left out says so. */
export function admit(length: number, ended: boolean, events: readonly NewScanEvent[]): NewScanEvent[] {
  const kept: NewScanEvent[] = [];
  const place = () => length + kept.length + 1;
  for (const event of ended ? [] : events) {
    if (place() === FULL_AT && event.type !== 'scan_complete') kept.push(full(event.at));
    if (hasRoom(event, place())) kept.push({ ...event, data: bounded(event, place()) });
    // What comes after the end is of an attempt that was given up long ago.
    if (event.type === 'scan_complete') break;
  }
  return kept;
}

function hasRoom({ type }: NewScanEvent, place: number): boolean {
  if (type === 'scan_complete') return true;
  return place < (type === 'log' ? FULL_AT : MOST_EVENTS);
}

function full(at: string): NewScanEvent {
  const line = `the log is full: lines after the first ${FULL_AT} events are dropped`;
  return { type: 'log', at, data: { tool: null, stream: 'stderr', line, dropped: true } };
}

function bounded({ type, data }: NewScanEvent, place: number): Record<string, unknown> {
  const { line, ...rest } = data;
  const room = type === 'log' ? DATA_BYTES.log : DATA_BYTES.other;
  const size = Buffer.byteLength(JSON.stringify(rest));
  const fitting = size <= room ? rest : { omitted: `${size} bytes, of which at most ${room} are kept` };
  if (line === undefined) return fitting;
  return { ...fitting, line: cut(String(line), place <= FIRST_LINES ? LINE_BYTES.first : LINE_BYTES.later) };
}

function cut(line: string, most: number): string {
  const bytes = Buffer.from(line);
  if (bytes.length <= most) return line;
  // A character that the cut goes through is left out whole: bytes of the form 10xxxxxx continue one.
  let end = most;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return `${bytes.toString('utf8', 0, end)}… (${bytes.length - end} more bytes)`;
}
