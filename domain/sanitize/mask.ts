import { findCandidates, withoutOverlaps } from './find.ts';
import { maskText } from './mask-text.ts';
import { OF_PERSONS } from './recognisers.ts';

export type Masked = { readonly text: string; readonly counts: Readonly<Record<string, number>> };

/**
 * Replaces personal data by its kind. What is probably nobody's is hidden as well: an index has no use for it, and a mask
 * too many does no harm there.
 */
export function maskPersonalData(text: string): Masked {
  const spans = withoutOverlaps(
    findCandidates(text, OF_PERSONS).flatMap(({ type, start, end, likelihood }) =>
      likelihood >= LEAST ? [{ type, start, end, confidence: likelihood }] : [],
    ),
  );
  const counts: Record<string, number> = {};
  for (const { type } of spans) counts[type] = (counts[type] ?? 0) + 1;
  return { text: maskText(text, spans), counts };
}

const LEAST = 0.5;
