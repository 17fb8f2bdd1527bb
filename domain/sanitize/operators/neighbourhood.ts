import type { Detected } from '../detector.ts';

/** What is found in a text, and what comes into its place. */
export type Treated = Detected & { readonly put: string };

/** A part of a text as it is after what was found in it was replaced. */
export type Neighbourhood = {
  readonly text: string;
  /** Which stretch of the text each stretch of the source has become; in order. */
  readonly stretches: readonly Stretch[];
  /** Whether the source goes on before it, and behind it. */
  readonly isCut: readonly [boolean, boolean];
};

type Stretch = {
  /** In the part. */
  readonly from: number;
  readonly to: number;
  /** In the source. */
  readonly start: number;
  readonly end: number;
  readonly isPut: boolean;
};

/** The lines around what is new among the replacements; what lies close together is one part. */
export function neighbourhoods(
  source: string,
  all: readonly Treated[],
  fresh: readonly Treated[],
  reach: number,
): Neighbourhood[] {
  const parts: Neighbourhood[] = [];
  let first = 0;
  for (const [start, end] of ranges(source, fresh, reach)) {
    while ((all[first]?.end ?? Number.POSITIVE_INFINITY) <= start) first += 1;
    let last = first;
    while ((all[last]?.start ?? Number.POSITIVE_INFINITY) < end) last += 1;
    parts.push(partOf(source, start, end, all.slice(first, last)));
  }
  return parts;
}

function ranges(source: string, fresh: readonly Treated[], reach: number): [number, number][] {
  const ranges: [number, number][] = [];
  for (const one of fresh) {
    const [start, end] = [lineBefore(source, one.start - reach), lineAfter(source, one.end + reach)];
    const last = ranges.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else ranges.push([start, end]);
  }
  return ranges;
}

const LINE = 512;

function lineBefore(source: string, at: number): number {
  if (at <= 0) return 0;
  const from = Math.max(0, at - LINE);
  return from + source.slice(from, at).lastIndexOf('\n') + 1;
}

function lineAfter(source: string, at: number): number {
  if (at >= source.length) return source.length;
  const line = source.slice(at, at + LINE).indexOf('\n');
  return line === -1 ? Math.min(source.length, at + LINE) : at + line;
}

/** A replacement at its edge is in it as a whole. */
function partOf(source: string, from: number, to: number, treated: readonly Treated[]): Neighbourhood {
  const stretches: Stretch[] = [];
  const texts: string[] = [];
  let [at, length] = [from, 0];
  const add = (start: number, end: number, text: string, isPut: boolean) => {
    stretches.push({ from: length, to: length + text.length, start, end, isPut });
    texts.push(text);
    length += text.length;
  };
  for (const { start, end, put } of treated) {
    if (start > at) add(at, start, source.slice(at, start), false);
    add(start, end, put, true);
    at = end;
  }
  if (at < to) add(at, to, source.slice(at, to), false);
  return { text: texts.join(''), stretches, isCut: [from > 0, to < source.length] };
}

/** Where what is found in the part stands in the source; nothing where too little stands around it to be sure. */
export function sourceOf({ text, stretches, isCut }: Neighbourhood, span: Detected): Detected[] {
  if (isCut[0] && span.start < UNSURE) return [];
  if (isCut[1] && span.end > text.length - UNSURE / 2) return [];
  const start = placeOf(stretches, span.start, ({ start, isPut, from }) =>
    isPut ? start : start + span.start - from,
  );
  const end = placeOf(stretches, span.end - 1, ({ start, end, isPut, from }) =>
    isPut ? end : start + span.end - from,
  );
  return start === undefined || end === undefined ? [] : [{ ...span, start, end }];
}

const UNSURE = 128;

function placeOf(
  stretches: readonly Stretch[],
  at: number,
  place: (stretch: Stretch) => number,
): number | undefined {
  let [low, high] = [0, stretches.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((stretches[middle] as Stretch).to <= at) low = middle + 1;
    else high = middle;
  }
  const found = stretches[low];
  return found && place(found);
}
