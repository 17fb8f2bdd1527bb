import { TILE_WIDTH } from './tiles.ts';

/** A file of a log as C2SP lays them out: hashes of a level, or the entries themselves. */
export type TileFile = { readonly level: number | 'entries'; readonly index: number; readonly width: number };

/** Groups of three digits keep folders small and a tile apart from the folder of its neighbours. */
export function tilePath({ level, index, width }: TileFile): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  const last = groups.pop() ?? '';
  const folders = groups.map((group) => `x${group}/`).join('');
  return `tile/${level}/${folders}${last}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** The same the other way round, below `tile/`; a second spelling of a place is not one. */
export function parseTilePath(path: string): TileFile | undefined {
  const match = /^(entries|\d{1,2})\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path);
  if (match === null) return undefined;
  const [, level = '', place = '', width] = match;
  const file: TileFile = {
    level: level === 'entries' ? level : Number(level),
    index: Number(place.replaceAll(/[x/]/g, '')),
    width: width === undefined ? TILE_WIDTH : Number(width),
  };
  if (file.width < 1 || (file.level !== 'entries' && file.level > MAX_LEVEL)) return undefined;
  return Number.isSafeInteger(file.index) && tilePath(file) === `tile/${path}` ? file : undefined;
}

/** A tree as large as numbers of ours are exact has no more. */
const MAX_LEVEL = 6;
