import { CertusError } from '../../../contracts/errors.ts';
import type { Detected, DetectHint, Detector } from '../detector.ts';
import { withoutOverlaps } from '../find.ts';
import { type MaskedInPlace, maskStructured, reading, regionsOf } from '../mask-structured.ts';
import type { Region } from '../structure/region.ts';
import type { Look } from './look.ts';
import type { PutIn } from './put-in.ts';
import { countsOf, type Sanitized } from './sanitized.ts';
import { readable } from './well-formed.ts';

type Asked = {
  readonly look: Look;
  readonly put: PutIn;
  readonly hint: DetectHint;
  /** What others have found; where it stands in the source. */
  readonly known: readonly Detected[];
};

/** A document that is still one of its format afterwards. One that cannot be is refused: nothing of it is given back. */
export function sanitizeStructured(
  format: MaskedInPlace,
  source: string,
  { look, put, hint, known }: Asked,
): Sanitized {
  const text = readable(source);
  const regions = regionsOf(format, text);
  if (regions === undefined) throw new CertusError('item_unreadable', `the text is no ${format}`);
  const read = reading(text, regions);
  const places: Places = { regions, starts: regions.map(({ start }) => start), said: read.places };
  const added = known.flatMap((span) => saidAt(places, span));
  let found: readonly Detected[] | undefined;
  const detector: Detector = {
    rules: '',
    detect: (said, asked = {}) => {
      const spans = look(said, asked, found === undefined ? added : []);
      found ??= spans;
      return spans;
    },
  };
  // a cell with nothing in it would be none
  const nothing = format === 'csv' || format === 'xml' || format === 'html' ? ' ' : '';
  const unquoted: PutIn = (type, value) => put(type, value.replace(/^"|"$/g, '')) || nothing;
  const result = maskStructured(format, text, detector, 'all', hint, unquoted);
  if (result === undefined)
    throw new CertusError('item_unreadable', `what was found cannot be replaced in this ${format}`);
  const findings = withoutOverlaps((found ?? []).map((span) => sourceAt(places, span))).map(
    ({ type, start, end, confidence }) => ({ type, start, end, score: confidence }),
  );
  return { text: result, findings, counts: countsOf(findings) };
}

type Places = {
  readonly regions: readonly Region[];
  /** Where each begins as it is written, and as it is understood. */
  readonly starts: readonly number[];
  readonly said: readonly number[];
};

/** Where something of the document as it is understood stands as it is written: all of a value that is written with escapes. */
function sourceAt({ regions, said }: Places, span: Detected): Detected {
  const written = (offset: number, isEnd: boolean): number => {
    const index = lastAtMost(said, isEnd ? offset - 1 : offset);
    const region = regions[index];
    if (region === undefined) return offset;
    const within = offset - (said[index] as number);
    if (within > region.text.length) return region.end + within - region.text.length;
    if (isPlain(region)) return region.start + within;
    return isEnd ? region.end : region.start;
  };
  return { ...span, start: written(span.start, false), end: written(span.end, true) };
}

const isPlain = ({ text, start, end }: Region): boolean => text.length === end - start;

/** Where something of the source stands in the document as it is understood; nothing for what is no value. */
function saidAt({ regions, starts, said }: Places, span: Detected): Detected[] {
  const index = lastAtMost(starts, span.start);
  const [region, place] = [regions[index], said[index]];
  if (region === undefined || place === undefined || span.start >= region.end) return [];
  if (!isPlain(region)) return [{ ...span, start: place, end: place + region.text.length }];
  const offset = place - region.start;
  return [{ ...span, start: span.start + offset, end: Math.min(span.end, region.end) + offset }];
}

function lastAtMost(places: readonly number[], offset: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((places[middle] as number) <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
