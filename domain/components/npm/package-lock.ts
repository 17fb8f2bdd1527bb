import type { ComponentFile, Reader } from '../component.ts';
import { Unreadable } from '../component.ts';
import { parseIntegrity } from '../integrity.ts';
import { Inventory } from '../inventory.ts';
import { entriesOf, field, namesOf, parseJsonTable, type Table, textOf } from '../loose.ts';
import { wishesBeside } from './direct.ts';
import { nearest } from './nearest.ts';
import { dealias, licensesOf, projectOf } from './package-json.ts';

/** package-lock.json and npm-shrinkwrap.json of every version: places in the tree with what is installed there. */
export const readPackageLock: Reader = (file) => {
  const lock = parseJsonTable(file.text);
  const packages = new Map(entriesOf(field(lock, 'packages')));
  const isTree = packages.size === 0;
  const places = isTree ? flattened(lock) : packages;
  const direct = isTree ? wishedFor(file) : askedFor(packages);
  const lines = entryLines(file.text);
  const inventory = new Inventory('npm', file.path);
  for (const [place, entry] of places) {
    const at = place.lastIndexOf(FOLDER);
    if (at === -1 || field(entry, 'link') === true) continue;
    const alias = place.slice(at + FOLDER.length);
    const given = dealias(alias, textOf(field(entry, 'version')) ?? '');
    const name = textOf(field(entry, 'name')) ?? given.name;
    inventory.add(place, {
      name,
      version: given.range || null,
      line:
        lines.get(`${isTree ? alias : place}@${field(entry, 'version')}`) ??
        lines.get(isTree ? alias : place),
      scope: field(entry, 'dev') === true ? 'dev' : 'runtime',
      direct: direct === null ? null : direct.has(place),
      licenses: licensesOf(entry),
      hashes: parseIntegrity(textOf(field(entry, 'integrity'))),
      needs: NEEDS.flatMap((section) => namesOf(field(entry, section))).flatMap(
        (need) => nearest(place, need, FOLDER, (key) => places.has(key)) ?? [],
      ),
    });
  }
  return inventory.reading(projectOf(lock));
};

const FOLDER = 'node_modules/';
const NEEDS = ['dependencies', 'optionalDependencies', 'peerDependencies', 'requires'];

/** The first version nests packages in packages. It becomes the paths of the later ones; a shape no tree has is refused. */
function flattened(lock: Table): Map<string, unknown> {
  const places = new Map<string, unknown>();
  const waiting: [string, unknown][] = [['', lock]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [parent, holder] = next;
    for (const [name, entry] of entriesOf(field(holder, 'dependencies'))) {
      const place = `${parent === '' ? '' : `${parent}/`}${FOLDER}${name}`;
      if (place.length > MAX_PLACE)
        throw new Unreadable('its packages are nested deeper than any are installed');
      // In this version `requires` are the needs, and `dependencies` what is installed below.
      places.set(place, { ...(entry as object), dependencies: undefined });
      waiting.push([place, entry]);
    }
  }
  return places;
}

const MAX_PLACE = 4096;

function wishedFor(file: ComponentFile): Set<string> | null {
  const wishes = wishesBeside(file);
  return wishes === null ? null : new Set(wishes.wishes.map(({ name }) => `${FOLDER}${name}`));
}

/** What the project and its workspaces ask for. They are the places that are not below a node_modules. */
function askedFor(packages: ReadonlyMap<string, unknown>): Set<string> {
  const asked = new Set<string>();
  for (const [place, entry] of packages) {
    if (place.includes(FOLDER)) continue;
    for (const section of [...NEEDS, 'devDependencies']) {
      for (const name of namesOf(field(entry, section))) {
        const found = nearest(place, name, FOLDER, (key) => packages.has(key));
        if (found !== null) asked.add(found);
      }
    }
  }
  return asked;
}

/** Where each `"key": {` stands, and each with the version that follows it. */
function entryLines(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  let [key, at] = ['', 0];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (!line.startsWith('"') || line.length > MAX_PLACE) continue;
    if (line.endsWith('": {')) {
      [key, at] = [line.slice(1, -4), index + 1];
      if (!lines.has(key)) lines.set(key, at);
    } else if (line.startsWith('"version": "') && index < at + 3) {
      const keyed = `${key}@${line.slice(12, line.lastIndexOf('"'))}`;
      if (!lines.has(keyed)) lines.set(keyed, at);
    }
  }
  return lines;
}
