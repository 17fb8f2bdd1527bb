type Span = { readonly start: number; readonly end: number };

/** Spans of a text in UTF-16 units, in its order, as spans in code points: other languages count so. */
export function inCodePoints<T extends Span>(text: string, spans: readonly T[]): T[] {
  if (spans.length === 0 || !PAIRS.test(text)) return [...spans];
  const points = pointsOf(text);
  return spans.map((span) => ({ ...span, start: points(span.start), end: points(span.end) }));
}

/** The other way round, in any order; undefined for what reaches beyond the text. */
export function inUnits<T extends Span>(text: string, spans: readonly T[]): T[] | undefined {
  const inOrder = spans.toSorted((a, b) => a.start - b.start || a.end - b.end);
  const places = [...new Set(inOrder.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
  const units = new Map<number, number>();
  let [point, unit] = [0, 0];
  for (const place of places) {
    for (; point < place && unit < text.length; point += 1)
      unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
    if (point !== place) return undefined;
    units.set(place, unit);
  }
  return inOrder.map((span) => ({
    ...span,
    start: units.get(span.start) ?? 0,
    end: units.get(span.end) ?? 0,
  }));
}

export const countPoints = (text: string): number =>
  PAIRS.test(text) ? pointsOf(text)(text.length) : text.length;

const PAIRS = /[\ud800-\udbff]/;

/** For places that only go forward. */
function pointsOf(text: string): (unit: number) => number {
  let [at, points] = [0, 0];
  return (unit) => {
    for (; at < unit; points += 1) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    return points;
  };
}
