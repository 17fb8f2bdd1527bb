import type { ScanEvent } from '../../contracts/scan-event.ts';

/** Of an event that many subscribers are sent, written once; forgotten with it. */
const texts = new WeakMap<ScanEvent, string>();

export function eventText(event: ScanEvent): string {
  const known = texts.get(event);
  if (known !== undefined) return known;
  const text = JSON.stringify(event);
  texts.set(event, text);
  return text;
}
