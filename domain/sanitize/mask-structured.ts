import type { DetectHint, Detector } from './detector.ts';
import { maskText } from './mask-text.ts';

/** Formats that are masked in their place. */
export const MASKED_IN_PLACE = ['text', 'markdown', 'csv', 'json', 'yaml', 'xml', 'html'] as const;
export type MaskedInPlace = (typeof MASKED_IN_PLACE)[number];

/**
 * The same document with kinds in the places of what was found: it parses, and has the structure that it had. Undefined
 * where that cannot be: what is found stands where nothing can be put, or the text is not of its format.
 */
export function maskStructured(
  format: MaskedInPlace,
  text: string,
  detector: Detector,
  kinds: ReadonlySet<string> | 'all',
  hint: DetectHint = {},
): string | undefined {
  const spans = detector.detect(text, { ...hint, format });
  return maskText(
    text,
    spans.filter(({ type }) => kinds === 'all' || kinds.has(type)),
  );
}
