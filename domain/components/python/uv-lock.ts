import type { Reader } from '../component.ts';
import { parseHexHash } from '../integrity.ts';
import { Inventory } from '../inventory.ts';
import { entriesOf, field, listOf, textOf } from '../loose.ts';
import { reach } from '../reach.ts';
import { packageLines, parseToml } from '../toml.ts';
import { normalised } from './names.ts';

/** uv.lock: the projects themselves are packages of it, whose source is a folder. */
export const readUvLock: Reader = ({ path, text }) => {
  const entries = listOf(field(parseToml(text), 'package'));
  const lines = packageLines(text);
  const byName = new Map<string, unknown[]>();
  for (const entry of entries) byName.set(nameOf(entry), [...(byName.get(nameOf(entry)) ?? []), entry]);
  const keysFor = (wish: unknown): string[] => {
    const version = textOf(field(wish, 'version'));
    const found = byName.get(nameOf(wish)) ?? [];
    return found.filter((entry) => version === null || field(entry, 'version') === version).map(keyOf);
  };
  const needs = (entry: unknown, ...more: readonly unknown[]): string[] =>
    [field(entry, 'dependencies'), ...optional(entry), ...more].flatMap(listOf).flatMap(keysFor);
  const byKey = new Map(entries.map((entry) => [keyOf(entry), entry]));
  const projects = entries.filter(isProject);
  const tools = (project: unknown) => entriesOf(field(project, 'dev-dependencies')).map(([, list]) => list);
  const direct = new Set(projects.flatMap((project) => needs(project, ...tools(project))));
  const runtime = reach(
    projects.flatMap((project) => needs(project)),
    (key) => needs(byKey.get(key)),
  );
  const inventory = new Inventory('PyPI', path);
  for (const entry of entries) {
    if (isProject(entry)) continue;
    const key = keyOf(entry);
    inventory.add(key, {
      name: nameOf(entry) || null,
      version: textOf(field(entry, 'version')),
      line: lines.get(`${field(entry, 'name')}@${field(entry, 'version')}`),
      scope: runtime.has(key) ? 'runtime' : 'dev',
      direct: direct.has(key),
      hashes: [field(entry, 'sdist'), ...listOf(field(entry, 'wheels'))].flatMap((one) =>
        parseHexHash(textOf(field(one, 'hash'))),
      ),
      needs: needs(entry),
    });
  }
  const [project] = projects;
  const name = nameOf(project);
  return inventory.reading(name === '' ? null : { name, version: textOf(field(project, 'version')) });
};

const nameOf = (entry: unknown): string => normalised(textOf(field(entry, 'name')) ?? '');
const keyOf = (entry: unknown): string => `${nameOf(entry)}@${field(entry, 'version')}`;
const optional = (entry: unknown) => entriesOf(field(entry, 'optional-dependencies')).map(([, list]) => list);

const isProject = (entry: unknown): boolean =>
  ['editable', 'virtual', 'directory'].some((kind) => field(field(entry, 'source'), kind) !== undefined);
