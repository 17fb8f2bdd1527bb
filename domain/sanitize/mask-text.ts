import type { Detected } from './detector.ts';

/** Puts the kind, or what is given, in the place of what was found; spans in the order of the text, without overlaps. */
export function maskText(
  text: string,
  spans: readonly Pick<Detected, 'type' | 'start' | 'end'>[],
  put: (type: string, value: string) => string = (type) => `[${type}]`,
): string {
  let masked = '';
  let at = 0;
  for (const { type, start, end } of spans) {
    masked += text.slice(at, start) + put(type, text.slice(start, end));
    at = end;
  }
  return masked + text.slice(at);
}
