import { type Document, LineCounter, type Node, type ParsedNode, parseDocument } from 'yaml';
import { jsonFault } from './json-fault.ts';
import { plainValue } from './plain-value.ts';

type Path = readonly (string | number)[];
type Position = { readonly line: number; readonly column: number };

type ReadDocument = {
  readonly value: unknown;
  /** Where something stands; for what is missing, where that would have to be put in. */
  positionOf(path: Path, of: 'key' | 'value'): Position;
};
type Unreadable = { readonly faults: readonly (Position & { readonly message: string })[] };

/** The value of a YAML or JSON text that somebody else wrote, and where each part of it stands. */
export function readDocument(text: string, format: 'json' | 'yaml'): ReadDocument | Unreadable {
  const lines = new LineCounter();
  const document = parseDocument(text, { ...STRICT, lineCounter: lines });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const notJson = format === 'json' ? jsonFault(text) : undefined;
  const faults = notJson === undefined ? syntaxFaults(document) : [notJson];
  if (faults.length === 0) {
    const plain = plainValue(document.contents as ParsedNode | null);
    if (plain.faults.length === 0)
      return {
        value: plain.value,
        positionOf: (path, of) => at(offsetOf(document.contents, path, of)),
      };
    faults.push(...plain.faults);
  }
  return { faults: faults.map(({ message, offset }) => ({ message, ...at(offset) })) };
}

/** YAML 1.2 with the values JSON has. Keys that repeat are looked for by `plainValue`, in linear time. */
const STRICT = {
  version: '1.2',
  schema: 'core',
  strict: true,
  merge: false,
  stringKeys: true,
  uniqueKeys: false,
  prettyErrors: false,
} as const;

function syntaxFaults({ errors, warnings, directives }: Document.Parsed): {
  message: string;
  offset: number;
}[] {
  // of YAML 1.1 "no" is false, and "1:30" a number
  if (directives.yaml.version !== '1.2') return [{ message: 'only YAML 1.2 is read', offset: 0 }];
  const told = [...errors, ...warnings].map(({ code, message, pos }) => ({
    message: SAID_BETTER[code] ?? message,
    offset: pos[0],
  }));
  // one fault of the syntax makes most of those that follow it
  return told.slice(0, 3);
}

const SAID_BETTER: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'one file holds one manifest: a second document begins here',
  RESOURCE_EXHAUSTION: 'nested too deeply',
  TAG_RESOLVE_FAILED: 'tags are not understood',
};

/** Goes along the path as far as there is one. */
function offsetOf(contents: Node | null, path: Path, of: 'key' | 'value'): number {
  let node = contents as ParsedNode | null;
  let found = startOf(node);
  for (const [depth, step] of path.entries()) {
    const last = depth === path.length - 1;
    if (node !== null && 'items' in node && typeof step === 'number') {
      node = (node.items[step] ?? null) as ParsedNode | null;
    } else if (node !== null && 'items' in node) {
      const pairs = node.items as { key?: ParsedNode; value?: ParsedNode | null }[];
      const pair = pairs.find(({ key }) => key !== undefined && 'value' in key && key.value === step);
      if (last && of === 'key' && pair?.key !== undefined) return startOf(pair.key);
      node = pair?.value ?? null;
      if (node === null && pair?.key !== undefined) return startOf(pair.key);
    }
    if (node === null) return found;
    found = startOf(node);
  }
  return found;
}

const startOf = (node: { readonly range?: readonly number[] | null } | null): number => node?.range?.[0] ?? 0;
