import type { Reader } from './component.ts';
import { hashOf } from './integrity.ts';
import { Inventory } from './inventory.ts';
import { field, listOf, textOf, textsOf } from './loose.ts';
import { packageLines, parseToml } from './toml.ts';

/** Cargo.lock: what has no source is the project and its workspace. */
export const readCargoLock: Reader = ({ path, text }) => {
  const lock = parseToml(text);
  const lines = packageLines(text);
  const entries = listOf(field(lock, 'package')).map((entry) => ({
    name: textOf(field(entry, 'name')),
    version: textOf(field(entry, 'version')),
    isOwn: textOf(field(entry, 'source')) === null,
    checksum: textOf(field(entry, 'checksum')) ?? '',
    needs: textsOf(field(entry, 'dependencies')),
  }));
  const byName = new Map<string | null, string>(
    entries.map(({ name, version }) => [name, `${name}@${version}`]),
  );
  // "name", or "name version" when there are several of it, or with their source besides.
  const keyOf = (need: string) => {
    const [name = '', version] = need.split(' ');
    return version === undefined ? (byName.get(name) ?? '') : `${name}@${version}`;
  };
  const direct = new Set(entries.filter(({ isOwn }) => isOwn).flatMap(({ needs }) => needs.map(keyOf)));
  const inventory = new Inventory('crates.io', path);
  for (const { name, version, isOwn, checksum, needs } of entries) {
    const key = `${name}@${version}`;
    if (isOwn) continue;
    inventory.add(key, {
      ...{ name, version, line: lines.get(key), direct: direct.has(key) },
      hashes: hashOf('sha256', checksum),
      needs: needs.map(keyOf),
    });
  }
  const project = entries.find(({ isOwn }) => isOwn);
  return inventory.reading(project?.name ? { name: project.name, version: project.version } : null);
};
