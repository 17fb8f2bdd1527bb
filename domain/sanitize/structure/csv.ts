import { inPlace, type Region } from './region.ts';

/** What stands between the signs that make the table: no mask takes one of them away. */
export function csvRegions(source: string): Region[] {
  const first = source.slice(0, MAX_HEAD).split('\n', 1)[0] ?? '';
  const separator = SEPARATORS.reduce((best, sign) =>
    first.split(sign).length > first.split(best).length ? sign : best,
  );
  const regions: Region[] = [];
  let start = 0;
  for (let at = 0; at <= source.length; at += 1) {
    const sign = source[at];
    if (sign !== undefined && sign !== separator && sign !== '"' && sign !== '\n' && sign !== '\r') continue;
    if (at > start) regions.push(inPlace(source, start, at));
    start = at + 1;
  }
  return regions;
}

const MAX_HEAD = 4000;
const SEPARATORS = [',', ';', '\t', '|'];
