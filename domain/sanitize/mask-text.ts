import type { Detected } from './detector.ts';

/** Puts the kind in the place of what was found; spans in the order of the text, without overlaps. */
export function maskText(text: string, spans: readonly Pick<Detected, 'type' | 'start' | 'end'>[]): string {
  let masked = '';
  let at = 0;
  for (const { type, start, end } of spans) {
    masked += `${text.slice(at, start)}[${type}]`;
    at = end;
  }
  return masked + text.slice(at);
}
