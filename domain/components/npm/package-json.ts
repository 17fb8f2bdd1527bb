import semver from 'semver';
import type { Project, Reader } from '../component.ts';
import { firstLines } from '../first-lines.ts';
import { Inventory } from '../inventory.ts';
import { entriesOf, field, isTable, parseJsonTable, type Table, textOf } from '../loose.ts';

/** What a project asks for by itself; of use where no lockfile says what it gets. */
export const readPackageJson: Reader = ({ path, text }) => {
  const manifest = parseJsonTable(text);
  const lines = firstLines(text, /^\s*"([^"\\]{1,512})"\s*:/);
  const inventory = new Inventory('npm', path);
  for (const [section, scope] of SECTIONS) {
    for (const [alias, declared] of entriesOf(field(manifest, section))) {
      const { name, range } = dealias(alias, textOf(declared) ?? '');
      if (/^(file|link|workspace|portal):/.test(range)) continue;
      const version = semver.valid(range);
      const line = lines.get(alias);
      inventory.add(`${section} ${alias}`, { name, version, range, line, scope, direct: true });
    }
  }
  return inventory.reading(projectOf(manifest));
};

const SECTIONS = [
  ['dependencies', 'runtime'],
  ['optionalDependencies', 'runtime'],
  ['peerDependencies', 'runtime'],
  ['devDependencies', 'dev'],
] as const;

/** `npm:other@^1` installs another package under the name that is written. */
export function dealias(name: string, range: string): { name: string; range: string } {
  if (!range.startsWith('npm:')) return { name, range };
  const target = range.slice('npm:'.length);
  const cut = target.indexOf('@', 1);
  // Berry writes every range as "npm:^1.0.0": without a name in it, it is no alias.
  if (cut === -1)
    return /^[@a-z]/i.test(target) && !semver.validRange(target)
      ? { name: target, range: '*' }
      : { name, range: target };
  return { name: target.slice(0, cut), range: target.slice(cut + 1) };
}

/** What a package.json says of itself, whatever else is in it. */
export function projectOf(manifest: Table): Project | null {
  const name = textOf(field(manifest, 'name'));
  return name === null ? null : { name, version: textOf(field(manifest, 'version')) };
}

/** Every form the licence has been written in, over the years. */
export function licensesOf(manifest: unknown): string[] {
  const given = field(manifest, 'license') ?? field(manifest, 'licenses');
  const all = Array.isArray(given) ? given : [given];
  return all.flatMap((one) => textOf(isTable(one) ? (field(one, 'type') ?? field(one, 'name')) : one) ?? []);
}
