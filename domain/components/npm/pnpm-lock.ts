import type { Reader } from '../component.ts';
import { Unreadable } from '../component.ts';
import { parseIntegrity } from '../integrity.ts';
import { Inventory } from '../inventory.ts';
import { parseLockfileYaml } from '../lockfile-yaml.ts';
import type { YamlNode } from '../lockfile-yaml-node.ts';
import { reach } from '../reach.ts';
import { at, mapOf, pairsOf, scalarAt } from '../yaml-loose.ts';

/** pnpm-lock.yaml from version 5 to 9: importers ask, packages are what they get, since 9 snapshots are who needs whom. */
export const readPnpmLock: Reader = ({ path, text }) => {
  const inventory = new Inventory('npm', path);
  for (const document of parseLockfileYaml(text)) readDocument(document, inventory);
  return inventory.reading();
};

function readDocument(lock: YamlNode, inventory: Inventory): void {
  const format = scalarAt(lock, 'lockfileVersion') ?? scalarAt(lock, 'shrinkwrapVersion');
  if (format === null) throw new Unreadable('it names no lockfileVersion');
  const packages = mapOf(at(lock, 'packages'));
  const snapshots = at(lock, 'snapshots') === undefined ? packages : mapOf(at(lock, 'snapshots'));
  const divider = Number.parseFloat(format) < 6 ? '/' : '@';
  const has = (key: string) => snapshots.has(key);
  const needs = (key: string) =>
    [
      ...pairsOf(at(snapshots.get(key), 'dependencies')),
      ...pairsOf(at(snapshots.get(key), 'optionalDependencies')),
    ]
      .map(([name, version]) => keyOf(name, version, divider, has))
      .filter((need) => need !== null);
  const asked = (sections: readonly string[]) =>
    new Set(importersOf(lock).flatMap((importer) => wishes(importer, sections, divider, has)));
  const direct = asked([...RUNTIME, 'devDependencies']);
  const runtime = reach(asked(RUNTIME), needs);
  for (const key of snapshots.keys()) {
    const base = withoutPeers(key, divider);
    const node = packages.get(key) ?? packages.get(base);
    const [name, version] = split(base, divider);
    if (/^(file|link):/.test(base) && scalarAt(node, 'name') === null) continue;
    inventory.add(key, {
      name: scalarAt(node, 'name') ?? name,
      version: scalarAt(node, 'version') ?? version,
      line: node?.line === undefined ? null : node.line,
      scope: runtime.has(key) ? 'runtime' : 'dev',
      direct: direct.has(key),
      hashes: parseIntegrity(scalarAt(node, 'resolution', 'integrity')),
      needs: needs(key),
    });
  }
}

const RUNTIME = ['dependencies', 'optionalDependencies'];

/** A repository of one package has no importers: it asks at the top. */
const importersOf = (lock: YamlNode): YamlNode[] => {
  const importers = [...mapOf(at(lock, 'importers')).values()];
  return importers.length > 0 ? importers : [lock];
};

function wishes(
  importer: YamlNode,
  sections: readonly string[],
  divider: string,
  has: (key: string) => boolean,
): string[] {
  return sections.flatMap((section) =>
    [...mapOf(at(importer, section))].flatMap(([name, node]) => {
      const version = typeof node.value === 'string' ? node.value : scalarAt(node, 'version');
      return (version === null ? null : keyOf(name, version, divider, has)) ?? [];
    }),
  );
}

/** A version is a version, or for aliases and what no registry has, the whole key. */
const keyOf = (
  name: string,
  version: string,
  divider: string,
  has: (key: string) => boolean,
): string | null =>
  [`/${name}${divider}${version}`, `${name}${divider}${version}`, version, `/${version}`].find(has) ?? null;

/** `foo@1.0.0(react@18.0.0)` and, before, `foo/1.0.0_react@18.0.0`. */
function withoutPeers(key: string, divider: string): string {
  const end = divider === '@' ? key.indexOf('(') : key.indexOf('_', key.lastIndexOf('/'));
  return end === -1 ? key : key.slice(0, end);
}

function split(key: string, divider: string): [string | null, string | null] {
  const bare = key.startsWith('/') ? key.slice(1) : key;
  // What comes from a host or a folder has no name and version in its key, but as fields of their own.
  const cut = divider === '@' ? bare.indexOf('@', 1) : bare.lastIndexOf('/');
  if (cut <= 0 || /^(file|link|https?):/.test(bare)) return [null, null];
  return [bare.slice(0, cut), bare.slice(cut + 1)];
}
