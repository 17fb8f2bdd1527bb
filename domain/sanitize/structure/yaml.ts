import { isMap, type Node, parseAllDocuments, Scalar, visit } from 'yaml';
import { inPlace, insideQuotes, type Mark, type Region, withMasks } from './region.ts';

/** Scalars and comments; undefined for what is no YAML, or too much of it to be read in reasonable time. */
export function yamlRegions(source: string): Region[] | undefined {
  if (source.length > MAX_LENGTH) return undefined;
  const scalars = scalarsOf(source);
  if (scalars === undefined) return undefined;
  const regions: Region[] = [];
  let at = 0;
  for (const { node, map } of scalars) {
    const [start, end] = rangeOf(node);
    if (start < at || end <= start) continue;
    regions.push(...comments(source, at, start), {
      ...scalarRegion(source, node),
      ...(map === undefined ? {} : { map }),
    });
    at = end;
  }
  return [...regions, ...comments(source, at, source.length)];
}

const MAX_LENGTH = 4 * 1024 * 1024;

type Placed = { readonly node: Scalar; readonly map: number | undefined };

function scalarsOf(source: string): Placed[] | undefined {
  const placed: Placed[] = [];
  const maps = new Map<unknown, { readonly number: number; readonly keys: Set<unknown> }>();
  let isTwice = false;
  try {
    const documents = parseAllDocuments(source, OPTIONS);
    for (const document of documents) {
      if (document.errors.length > 0) return undefined;
      visit(document, {
        Scalar: (key, node, path) => {
          const owner = key === 'key' ? path.findLast((one) => isMap(one)) : undefined;
          const map = maps.get(owner) ?? { number: maps.size + 1, keys: new Set() };
          if (owner !== undefined) {
            maps.set(owner, map);
            isTwice ||= map.keys.has(node.value);
            map.keys.add(node.value);
          }
          if (node.range) placed.push({ node, map: owner === undefined ? undefined : map.number });
        },
      });
    }
  } catch (error) {
    // what is nested by the thousand takes the reader's stack
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  // of a key that stands there twice one reader takes the first value, and another the second
  return isTwice ? undefined : placed.sort((a, b) => rangeOf(a.node)[0] - rangeOf(b.node)[0]);
}

/** The reader's own look for keys that stand there twice, and its nice messages, take time by the square. */
const OPTIONS = { uniqueKeys: false, logLevel: 'silent', prettyErrors: false } as const;

const rangeOf = (node: Node): readonly [number, number] => [node.range?.[0] ?? 0, node.range?.[1] ?? 0];

function scalarRegion(source: string, node: Scalar): Region {
  const [start, end] = rangeOf(node);
  const written = source.slice(start, end);
  const isBlock = node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED;
  const isQuoted = node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE;
  if (isBlock) return inPlace(source, start, end);
  if (isQuoted && !/[\\\n]|''/.test(written.slice(1, -1))) {
    const quote = written.slice(0, 1);
    const text = written.slice(1, -1);
    const write = (marks: readonly Mark[], number?: number) =>
      `${quote}${withMasks(text, insideQuotes(marks, text.length), number)}${quote}`;
    return { start, end, text: written, write };
  }
  // a mask would be read as a list
  const text = node.source ?? String(node.value);
  return { start, end, text, write: (marks, number) => JSON.stringify(withMasks(text, marks, number)) };
}

function comments(source: string, start: number, end: number): Region[] {
  const between = source.slice(start, end);
  if (!between.includes('#')) return [];
  return [...between.matchAll(/(?<=^|\s)#[^\r\n]*/g)].map((match) =>
    inPlace(source, start + match.index + 1, start + match.index + match[0].length),
  );
}
