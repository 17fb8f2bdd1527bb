import { isAlias, isMap, isScalar, isSeq, type ParsedNode } from 'yaml';
import { MAX_MANIFEST_BYTES } from '../../contracts/manifest.ts';

type TreeFault = { readonly message: string; readonly offset: number };

/**
 * The tree as plain values. Everything that YAML can and a manifest need not is refused here: keys that repeat, tags,
 * aliases without end. An alias is written out, so what it makes of a small text is counted as if it stood there.
 */
export function plainValue(root: ParsedNode | null): { value: unknown; faults: TreeFault[] } {
  const faults: TreeFault[] = [];
  const fault = (message: string, node: ParsedNode) => void faults.push({ message, offset: node.range[0] });
  const anchors = new Map<string, { node: ParsedNode; open: boolean }>();
  let size = 0;
  let aliases = 0;
  let stopped = false;
  /** What goes beyond a bound once would do so again and again. */
  const stop = (message: string, node: ParsedNode) => {
    fault(message, node);
    stopped = true;
  };

  const read = (node: ParsedNode | null, depth: number): unknown => {
    if (node === null || stopped || faults.length >= MAX_FAULTS) return null;
    size += 1 + (isScalar(node) ? String(node.value).length : 0);
    if (size > MAX_SIZE) return stop('the aliases of this text make far too much of it', node);
    if (depth > MAX_DEPTH) return stop('nested too deeply', node);
    if (isAlias(node)) return readAlias(node, depth);
    if (node.tag !== undefined && !PLAIN_TAGS.has(node.tag)) fault('tags are not understood', node);
    const anchor = node.anchor === undefined ? undefined : { node, open: true };
    if (anchor !== undefined) anchors.set(node.anchor ?? '', anchor);
    const value = readContent(node, depth);
    if (anchor !== undefined) anchor.open = false;
    return value;
  };

  const readAlias = (node: ParsedNode & { source: string }, depth: number): unknown => {
    const anchor = anchors.get(node.source);
    aliases += 1;
    if (aliases > MAX_ALIASES) return stop(`more than ${MAX_ALIASES} aliases`, node);
    if (anchor === undefined) return void fault(`there is no anchor "${node.source.slice(0, 64)}"`, node);
    if (anchor.open) return void fault('the alias is part of what it stands for', node);
    return read(anchor.node, depth);
  };

  const readContent = (node: ParsedNode, depth: number): unknown => {
    if (isScalar(node)) {
      // no database of ours stores NUL or half a surrogate pair
      if (typeof node.value === 'string' && (node.value.includes('\0') || !node.value.isWellFormed()))
        fault('holds characters that are no text', node);
      return node.value;
    }
    if (isSeq(node)) return node.items.map((item) => read(item as ParsedNode, depth + 1));
    if (!isMap(node)) return void fault('is neither a value, nor a list, nor keys with values', node);
    const entries = new Map<string, unknown>();
    for (const { key, value } of node.items as { key: ParsedNode; value: ParsedNode | null }[]) {
      const name = isScalar(key) ? String(key.value) : '';
      if (!isScalar(key)) fault('a key is a text', key);
      else if (entries.has(name)) fault(`the key "${name.slice(0, 64)}" stands here twice`, key);
      // taken over into an object, it would be that object's prototype
      else if (name === '__proto__') fault('no key may be called "__proto__"', key);
      entries.set(name, read(value, depth + 1));
    }
    return Object.fromEntries(entries);
  };

  return { value: read(root, 0), faults };
}

const MAX_FAULTS = 100;
const MAX_DEPTH = 32;
const MAX_ALIASES = 100;
/** In characters, more or less; without aliases no text of the allowed size comes near. */
const MAX_SIZE = 4 * MAX_MANIFEST_BYTES;
const PLAIN_TAGS: ReadonlySet<string> = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
);
