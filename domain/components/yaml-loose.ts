import type { YamlNode } from './lockfile-yaml-node.ts';

/** What is there is taken by its type, as `loose.ts` does for JSON. */
export const mapOf = (node: YamlNode | undefined): ReadonlyMap<string, YamlNode> =>
  node?.value instanceof Map ? node.value : EMPTY;

export const at = (node: YamlNode | undefined, ...keys: readonly string[]): YamlNode | undefined => {
  let found = node;
  for (const key of keys) found = mapOf(found).get(key);
  return found;
};

export const scalarAt = (node: YamlNode | undefined, ...keys: readonly string[]): string | null => {
  const value = at(node, ...keys)?.value;
  return typeof value === 'string' ? value : null;
};

/** `name: text` pairs; others are left out. */
export const pairsOf = (node: YamlNode | undefined): [string, string][] =>
  [...mapOf(node)].flatMap(([name, { value }]): [string, string][] =>
    typeof value === 'string' ? [[name, value]] : [],
  );

const EMPTY: ReadonlyMap<string, YamlNode> = new Map();
