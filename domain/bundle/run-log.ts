import type { ScanEvent } from '../../contracts/scan-event.ts';
import { oneLine } from '../text/one-line.ts';

/** stream.jsonl: every event as its subscribers got it. */
export function* streamLines(events: readonly ScanEvent[]): Generator<string> {
  for (const event of events) yield `${JSON.stringify(event)}\n`;
}

/** The same for a terminal: a line an event, without whatever a tool prints to move the cursor or fake a line. */
export function* logLines(events: readonly ScanEvent[]): Generator<string> {
  for (const { seq: _, timestamp, type, ...data } of events) {
    const at = new Date(timestamp * 1000).toISOString();
    yield `${at} ${type === 'log' ? logged(data) : `${type} ${told(data)}`}`.trimEnd();
    yield '\n';
  }
}

const MAX_LINE = 16_384;

const logged = ({ tool, stream, line }: Record<string, unknown>): string =>
  `${text(tool)} ${text(stream)}: ${text(line)}`;

const told = (data: Record<string, unknown>): string =>
  Object.entries(data)
    .map(([key, value]) => `${key}=${text(value)}`)
    .join(' ');

const text = (value: unknown): string =>
  oneLine(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''), MAX_LINE);
