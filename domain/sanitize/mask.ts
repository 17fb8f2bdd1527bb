import { RECOGNISERS } from './recognisers.ts';

export type Masked = { readonly text: string; readonly counts: Readonly<Record<string, number>> };

type Span = { readonly type: string; readonly start: number; readonly end: number };

/** Replaces personal data by its kind. Of overlapping matches the longer one counts, so that text is never mangled. */
export function maskPersonalData(text: string): Masked {
  const counts: Record<string, number> = {};
  let masked = '';
  let at = 0;
  for (const { type, start, end } of withoutOverlaps(detect(text))) {
    masked += `${text.slice(at, start)}[${type}]`;
    counts[type] = (counts[type] ?? 0) + 1;
    at = end;
  }
  return { text: masked + text.slice(at), counts };
}

function detect(text: string): Span[] {
  return RECOGNISERS.flatMap(({ type, pattern, holds }) =>
    [...text.matchAll(pattern)]
      .map((match) => ({ at: match.index, value: match.groups?.value ?? match[0] }))
      .filter(({ value }) => holds?.(value) ?? true)
      .map(({ at, value }) => ({ type, start: at, end: at + value.length })),
  );
}

function withoutOverlaps(spans: readonly Span[]): Span[] {
  const kept: Span[] = [];
  for (const span of spans.toSorted((a, b) => b.end - b.start - (a.end - a.start))) {
    if (kept.every((other) => span.end <= other.start || span.start >= other.end)) kept.push(span);
  }
  return kept.sort((a, b) => a.start - b.start);
}
