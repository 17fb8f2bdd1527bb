export type Span = readonly [start: number, end: number];

/**
 * Shows parts of a text with every secret in it replaced by stars of the same length, so that columns stay right.
 * All secrets are looked up in the original: one that overlaps another is hidden whole, not only where it sticks out.
 */
export function hideSecrets(
  content: string,
  values: Iterable<string>,
  places: readonly Span[],
): (start: number, end: number) => string {
  const spans = merged([...places, ...occurrences(content, new Set(values))]);
  return (start, end) => {
    let shown = '';
    let at = start;
    for (let next = firstEndingAfter(spans, start); next < spans.length; next += 1) {
      const [from, to] = spans[next] as Span;
      if (from >= end) break;
      shown += content.slice(at, Math.max(at, from));
      shown += stars(content.slice(Math.max(at, from), Math.min(to, end)));
      at = Math.min(to, end);
    }
    return shown + content.slice(at, end);
  };
}

/** White space stays, so that lines stay lines. */
const stars = (text: string): string => text.replace(/\S/g, '*');

const PREFIX = 8;

function occurrences(content: string, values: ReadonlySet<string>): Span[] {
  const long = [...values].filter(({ length }) => length > LONG);
  return [...occurrencesOfShort(content, values), ...long.flatMap((value) => occurrencesOf(content, value))];
}

/** Few of these fit into a file, and comparing them at every place would take for ever. */
const LONG = 4096;

function occurrencesOf(content: string, value: string): Span[] {
  const found: Span[] = [];
  for (let at = content.indexOf(value); at !== -1; at = content.indexOf(value, at + value.length))
    found.push([at, at + value.length]);
  return found;
}

/** One pass over the text, whatever the number of secrets: a hostile file may be nothing but secrets that look alike. */
function occurrencesOfShort(content: string, values: ReadonlySet<string>): Span[] {
  const lengthsByPrefix = new Map<string, Set<number>>();
  for (const value of values) {
    if (value === '' || value.length > LONG) continue;
    const prefix = value.slice(0, PREFIX);
    lengthsByPrefix.set(prefix, (lengthsByPrefix.get(prefix) ?? new Set()).add(value.length));
  }
  const prefixLengths = [...new Set([...lengthsByPrefix.keys()].map(({ length }) => length))];
  const found: Span[] = [];
  for (let at = 0; at < content.length && prefixLengths.length > 0; at += 1) {
    for (const prefixLength of prefixLengths) {
      for (const length of lengthsByPrefix.get(content.slice(at, at + prefixLength)) ?? []) {
        if (values.has(content.slice(at, at + length))) found.push([at, at + length]);
      }
    }
  }
  return found;
}

function merged(spans: Span[]): Span[] {
  const result: [number, number][] = [];
  for (const [start, end] of spans.sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}

function firstEndingAfter(spans: readonly Span[], offset: number): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle] as Span)[1] > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
