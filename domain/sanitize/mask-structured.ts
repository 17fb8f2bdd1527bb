import type { Detected, DetectHint, Detector } from './detector.ts';
import { csvRegions } from './structure/csv.ts';
import { jsonRegions } from './structure/json.ts';
import { markupRegions } from './structure/markup.ts';
import { inPlace, type Mark, type Region } from './structure/region.ts';
import { yamlRegions } from './structure/yaml.ts';

/** Formats that are masked in their place. */
export const MASKED_IN_PLACE = ['text', 'markdown', 'csv', 'json', 'yaml', 'xml', 'html'] as const;
export type MaskedInPlace = (typeof MASKED_IN_PLACE)[number];

/**
 * The same document with kinds in the places of what was found: it parses, and has the structure that it had. Undefined
 * where that cannot be: what is found stands where nothing can be put, or the text is not of its format.
 */
export function maskStructured(
  format: MaskedInPlace,
  source: string,
  detector: Detector,
  kinds: ReadonlySet<string> | 'all',
  hint: DetectHint = {},
  put?: (type: string, value: string) => string,
): string | undefined {
  const look = (text: string): Detected[] =>
    detector.detect(text, { ...hint, format }).filter(({ type }) => kinds === 'all' || kinds.has(type));
  let text = source;
  for (let round = 0; round < ROUNDS; round += 1) {
    const regions = regionsOf(format, text);
    if (regions === undefined) return undefined;
    const { said, places } = reading(text, regions);
    const found = look(said);
    if (found.length === 0) return text;
    const next = masked(text, regions, places, found, put);
    if (!hasSameStructure(format, text, regions, next)) return undefined;
    text = next;
  }
  return undefined;
}

/** What stands beside a mask may be seen as something else than before; but not for ever. */
const ROUNDS = 4;

export function regionsOf(format: MaskedInPlace, text: string): readonly Region[] | undefined {
  if (format === 'json') return jsonRegions(text);
  if (format === 'yaml') return yamlRegions(text);
  if (format === 'csv') return csvRegions(text);
  if (format === 'xml' || format === 'html') return markupRegions(text, format === 'html');
  return [inPlace(text, 0, text.length)];
}

/** The document as it is understood, with the names that say what a value is; and where in it each region begins. */
export function reading(
  text: string,
  regions: readonly Region[],
): { said: string; places: readonly number[] } {
  const parts: string[] = [];
  const places: number[] = [];
  let [at, length] = [0, 0];
  const add = (part: string) => {
    parts.push(part);
    length += part.length;
  };
  for (const region of regions) {
    add(text.slice(at, region.start));
    places.push(length);
    add(region.text);
    at = region.end;
  }
  add(text.slice(at));
  return { said: parts.join(''), places };
}

function masked(
  text: string,
  regions: readonly Region[],
  places: readonly number[],
  found: readonly Detected[],
  put: ((type: string, value: string) => string) | undefined,
): string {
  const names = namesOf(regions);
  const parts: string[] = [];
  let [at, first] = [0, 0];
  for (const [index, region] of regions.entries()) {
    const place = places[index] ?? 0;
    const length = region.text.length;
    while ((found[first]?.end ?? Number.POSITIVE_INFINITY) <= place) first += 1;
    const marks: Mark[] = [];
    for (let next = first; (found[next]?.start ?? Number.POSITIVE_INFINITY) < place + length; next += 1) {
      const { type, ...span } = found[next] as Detected;
      const [start, end] = [Math.max(0, span.start - place), Math.min(length, span.end - place)];
      const own = put === undefined ? {} : { put: put(type, region.text.slice(start, end)) };
      marks.push({ type, start, end, ...own });
    }
    if (marks.length === 0) continue;
    parts.push(
      text.slice(at, region.start),
      region.map === undefined ? region.write(marks) : names(region, marks),
    );
    at = region.end;
  }
  return parts.join('') + text.slice(at);
}

/** Two names of one map that are masked alike would be one: the second is numbered. */
function namesOf(regions: readonly Region[]): (region: Region, marks: readonly Mark[]) => string {
  const taken = new Map<number, Set<string>>();
  for (const { map, write } of regions) {
    if (map === undefined) continue;
    const names = taken.get(map) ?? new Set();
    taken.set(map, names.add(write([])));
  }
  const last = new Map<string, number>();
  return (region, marks) => {
    const names = taken.get(region.map ?? 0) ?? new Set();
    const plain = region.write(marks);
    const key = `${region.map} ${plain}`;
    let number = (last.get(key) ?? 0) + 1;
    while (names.has(region.write(marks, number))) number += 1;
    last.set(key, number);
    const name = region.write(marks, number);
    names.add(name);
    return name;
  };
}

/** A last look, whatever the masks were made of: everything between the regions is as it was, to the letter. */
function hasSameStructure(
  format: MaskedInPlace,
  before: string,
  regions: readonly Region[],
  after: string,
): boolean {
  const now = regionsOf(format, after);
  if (now === undefined) return false;
  return between(before, regions) === between(after, now);
}

function between(text: string, regions: readonly Region[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end } of regions) {
    parts.push(text.slice(at, start));
    at = end;
  }
  return [...parts, text.slice(at)].join('\u0000');
}
