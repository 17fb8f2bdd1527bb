import { type Decoded, decode, insideQuotes, type Mark, type Region, withMasks } from './region.ts';

/** Strings and numbers; undefined for what is no JSON, neither as a whole nor line by line. */
export function jsonRegions(source: string): Region[] | undefined {
  if (!isJson(source) && !isLines(source)) return undefined;
  const regions: Region[] = [];
  const open: number[] = [];
  let maps = 0;
  let isName = false;
  for (let at = 0; at < source.length; at += 1) {
    const sign = source[at] as string;
    if (sign === '"') {
      const end = endOfString(source, at);
      const map = open.at(-1);
      regions.push(stringRegion(source, at, end, isName && map !== undefined ? map : undefined));
      isName = false;
      at = end - 1;
    } else if (sign === '-' || (sign >= '0' && sign <= '9')) {
      const end = endOfNumber(source, at);
      regions.push(numberRegion(source, at, end));
      at = end - 1;
    } else if (sign === '{') {
      maps += 1;
      open.push(maps);
      isName = true;
    } else if (sign === '[') open.push(LIST);
    else if (sign === '}' || sign === ']') open.pop();
    else if (sign === ',') isName = (open.at(-1) ?? LIST) !== LIST;
  }
  return regions;
}

const LIST = 0;

function isJson(source: string): boolean {
  try {
    JSON.parse(source);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

const isLines = (source: string): boolean =>
  source.split('\n').every((line) => line.trim() === '' || isJson(line));

function endOfString(source: string, start: number): number {
  let at = start + 1;
  while (source[at] !== '"') at += source[at] === '\\' ? 2 : 1;
  return at + 1;
}

function endOfNumber(source: string, start: number): number {
  let at = start + 1;
  while (at < source.length && /[0-9.eE+-]/.test(source[at] as string)) at += 1;
  return at;
}

function stringRegion(source: string, start: number, end: number, map: number | undefined): Region {
  const written = source.slice(start + 1, end - 1);
  const decoded: Decoded | undefined = written.includes('\\') ? decode(written, ESCAPE, meaning) : undefined;
  const offset = (at: number) => decoded?.offsets[at] ?? at;
  return {
    start,
    end,
    text: `"${decoded?.text ?? written}"`,
    write: (marks, number) => {
      const placed = insideQuotes(marks, decoded?.text.length ?? written.length);
      return `"${withMasks(
        written,
        placed.map((mark) => ({ ...mark, start: offset(mark.start), end: offset(mark.end) })),
        number,
      )}"`;
    },
    ...(map === undefined ? {} : { map }),
  };
}

const ESCAPE = /\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])/g;

const meaning = (escaped: string): string => JSON.parse(`"${escaped}"`) as string;

/** A number of which a part is hidden is none any more. */
const numberRegion = (source: string, start: number, end: number): Region => ({
  start,
  end,
  text: source.slice(start, end),
  write: (marks: readonly Mark[], number) => `"${withMasks(source.slice(start, end), marks, number)}"`,
});
