import type { JsonObject } from '../../finding/reading/json-values.ts';

/** A path into a document, as it is gone down: names, and numbers of places in lists. */
type Path = readonly (string | number)[];

export type Slices = {
  /** All of it but the lists that were set aside, which are empty here. */
  readonly rest: JsonObject;
  /**
   * What stands in a list that was set aside, one by one; `lost` is told of each that is no JSON. Undefined where there is no list.
   */
  readonly list: (path: string, lost?: (place: string) => void) => Iterable<unknown> | undefined;
};

/** The same of a value that is there already. */
export const slicesOf = (value: JsonObject): Slices => ({
  rest: value,
  list(path) {
    let at: unknown = value;
    for (const step of path.split('/')) {
      if (at === null || typeof at !== 'object' || !Object.hasOwn(at, step)) return undefined;
      at = (at as JsonObject)[step];
    }
    return Array.isArray(at) ? at : undefined;
  },
});

/**
 * A JSON object of any size without having all of it as values at once: the long lists in it are read entry by entry. Undefined
 * where the bytes are no object, do not end, or are nested without end. UTF-8 is what it reads.
 */
export function sliceJson(bytes: Buffer, isAside: (path: string) => boolean): Slices | undefined {
  const asides = new Map<string, readonly [start: number, end: number]>();
  const kept: Buffer[] = [];
  let [from, at] = [0, 0];
  const open: { readonly isList: boolean; step: string | number }[] = [];
  while (at < bytes.length) {
    const code = bytes[at] as number;
    if (code === QUOTE) {
      const end = endOfString(bytes, at);
      if (end === -1) return undefined;
      const top = open.at(-1);
      if (
        top !== undefined &&
        !top.isList &&
        open.length <= DEEPEST_ASIDE &&
        nextCode(bytes, end + 1) === COLON
      )
        top.step = end - at > LONGEST_NAME ? '' : bytes.toString('latin1', at + 1, end);
      at = end + 1;
      continue;
    }
    if (code === OPEN_LIST && open.length > 0 && open.length <= DEEPEST_ASIDE) {
      const path = pathOf(open.map(({ step }) => step));
      if (asides.has(path)) return undefined; // of two lists of one name nobody can tell which counts
      if (isAside(path)) {
        const end = endOfList(bytes, at);
        if (end === -1) return undefined;
        asides.set(path, [at + 1, end]);
        kept.push(bytes.subarray(from, at + 1));
        [from, at] = [end, end + 1];
        continue;
      }
    }
    if (code === OPEN_OBJECT || code === OPEN_LIST) {
      if (open.length >= DEEPEST) return undefined;
      open.push({ isList: code === OPEN_LIST, step: code === OPEN_LIST ? 0 : '' });
    } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) open.pop();
    else if (code === COMMA) {
      const top = open.at(-1);
      if (top?.isList === true) top.step = (top.step as number) + 1;
    }
    at += 1;
  }
  const rest = parsed(Buffer.concat([...kept, bytes.subarray(from)]).toString('utf8'));
  if (rest === null || typeof rest !== 'object' || Array.isArray(rest)) return undefined;
  return {
    rest: rest as JsonObject,
    list(path, lost = () => undefined) {
      const range = asides.get(path);
      return range === undefined ? undefined : entries(bytes, range, path, lost);
    },
  };
}

const [QUOTE, COLON, COMMA, BACKSLASH] = [34, 58, 44, 92];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [123, 125, 91, 93];
const DEEPEST = 1000;
const DEEPEST_ASIDE = 4;
const LONGEST_NAME = 64;

const pathOf = (path: Path): string => path.join('/');

function* entries(
  bytes: Buffer,
  [start, end]: readonly [number, number],
  path: string,
  lost: (place: string) => void,
): Generator<unknown> {
  let at = start;
  for (let number = 0; at < end; number += 1) {
    const next = endOfEntry(bytes, at, end);
    const text = bytes.toString('utf8', at, next);
    at = next + 1;
    if (text.trim() === '') continue;
    const value = parsed(text);
    if (value === undefined) lost(`${path}/${number}`);
    else yield value;
  }
}

/** `undefined` stands for what is none, as no JSON is it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function endOfList(bytes: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < bytes.length; at += 1) {
    const code = bytes[at] as number;
    if (code === QUOTE) {
      at = endOfString(bytes, at);
      if (at === -1) return -1;
    } else if (code === OPEN_LIST || code === OPEN_OBJECT) depth += 1;
    else if (code === CLOSE_LIST || code === CLOSE_OBJECT) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

function endOfEntry(bytes: Buffer, start: number, end: number): number {
  let depth = 0;
  for (let at = start; at < end; at += 1) {
    const code = bytes[at] as number;
    if (code === QUOTE) {
      const last = endOfString(bytes, at);
      if (last === -1) return end;
      at = last;
    } else if (code === OPEN_LIST || code === OPEN_OBJECT) depth += 1;
    else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth -= 1;
    else if (code === COMMA && depth === 0) return at;
  }
  return end;
}

function endOfString(bytes: Buffer, start: number): number {
  for (let end = bytes.indexOf(QUOTE, start + 1); end !== -1; end = bytes.indexOf(QUOTE, end + 1)) {
    let slashes = 0;
    while (bytes[end - 1 - slashes] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return -1;
}

function nextCode(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && (bytes[at] as number) <= 0x20) at += 1;
  return bytes[at] ?? 0;
}
