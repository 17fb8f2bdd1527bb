import { decode, inPlace, type Region } from './region.ts';

/** Text, values of attributes and comments of XML or HTML: not the names of anything. */
export function markupRegions(source: string, isHtml: boolean): Region[] {
  const regions: Region[] = [];
  const add = (start: number, end: number, isEscaped = true) => {
    if (end <= start) return;
    const written = source.slice(start, end);
    const decoded = isEscaped && written.includes('&') ? decode(written, ENTITY, meaning) : undefined;
    regions.push(inPlace(source, start, end, decoded));
  };
  let at = 0;
  while (at < source.length) {
    const open = nextTag(source, at);
    add(at, open);
    if (open === source.length) break;
    at = open + 1;
    const special = SPECIAL.find(([begin]) => source.startsWith(begin, open));
    if (special !== undefined) {
      const [begin, end, isText] = special;
      const close = source.indexOf(end, open + begin.length);
      const until = close === -1 ? source.length : close;
      if (isText) add(open + begin.length, until, false);
      at = Math.min(source.length, until + end.length);
      continue;
    }
    at = endOfTag(source, open, add);
    const name = isHtml ? RAW.exec(source.slice(open, open + 12))?.[1]?.toLowerCase() : undefined;
    if (name === undefined || source[at - 2] === '/') continue;
    const close = closing(source, name, at);
    add(at, close, false);
    at = close;
  }
  return regions;
}

const SPECIAL = [
  ['<!--', '-->', true],
  ['<![CDATA[', ']]>', true],
  ['<?', '?>', false],
  ['<!', '>', false],
] as const;

const RAW = /^<(script|style)(?![\w-])/i;

function nextTag(source: string, from: number): number {
  for (let at = source.indexOf('<', from); at !== -1; at = source.indexOf('<', at + 1))
    if (/[\p{L}_:/!?]/u.test(source[at + 1] ?? '')) return at;
  return source.length;
}

/** Behind the tag; what its attributes say is added on the way. */
function endOfTag(source: string, open: number, add: (start: number, end: number) => void): number {
  let at = open + 1;
  while (at < source.length && !/[\s>]/.test(source[at] as string)) at += 1;
  while (at < source.length) {
    const sign = source[at] as string;
    if (sign === '>') return at + 1;
    if (sign !== '=') {
      at += 1;
      continue;
    }
    at += 1;
    while (at < source.length && /\s/.test(source[at] as string)) at += 1;
    const quote = source[at];
    if (quote === '"' || quote === "'") {
      const close = source.indexOf(quote, at + 1);
      const end = close === -1 ? source.length : close;
      add(at + 1, end);
      at = end + 1;
    } else {
      const start = at;
      while (at < source.length && !/[\s>]/.test(source[at] as string)) at += 1;
      add(start, at);
    }
  }
  return source.length;
}

function closing(source: string, name: string, from: number): number {
  for (let at = source.indexOf('</', from); at !== -1; at = source.indexOf('</', at + 2))
    if (source.slice(at + 2, at + 2 + name.length).toLowerCase() === name) return at;
  return source.length;
}

const ENTITY = /&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});/g;

function meaning(entity: string): string {
  const name = entity.slice(1, -1);
  if (!name.startsWith('#')) return NAMED.get(name) ?? entity;
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : entity;
}

/** Those that may stand in what is looked for. */
const NAMED: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
  ['commat', '@'],
  ['period', '.'],
  ['plus', '+'],
  ['colon', ':'],
  ['sol', '/'],
  ['lpar', '('],
  ['rpar', ')'],
  ['hyphen', '-'],
  ['dash', '-'],
  ['shy', '\u00ad'],
  ['lowbar', '_'],
]);
