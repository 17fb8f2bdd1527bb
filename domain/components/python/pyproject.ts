import type { ComponentFile, Project, Reader } from '../component.ts';
import { Unreadable } from '../component.ts';
import { firstLines } from '../first-lines.ts';
import { Inventory } from '../inventory.ts';
import { entriesOf, field, isTable, type Table, textOf, textsOf } from '../loose.ts';
import { parseToml } from '../toml.ts';
import { normalised, parseRequirement, type Requirement } from './names.ts';

type Wish = Requirement & { readonly scope: 'runtime' | 'dev' };

/** What a Python project asks for by itself; of use where no lockfile says what it gets. */
export const readPyproject: Reader = ({ path, text }) => {
  const manifest = parseToml(text);
  const lines = firstLines(normalised(text), /^[\s"']*([a-z0-9-]{1,200})/);
  const inventory = new Inventory('PyPI', path);
  for (const [index, { name, version, range, scope }] of wishesOf(manifest).entries())
    inventory.add(`${index}`, { name, version, range, scope, direct: true, line: lines.get(name) });
  return inventory.reading(projectOf(manifest));
};

/** The names that the pyproject.toml beside a lockfile asks for; null without one. */
export function wishesBeside({ beside }: ComponentFile): ReadonlySet<string> | null {
  const text = beside('pyproject.toml');
  if (text === null) return null;
  try {
    return new Set(wishesOf(parseToml(text)).map(({ name }) => name));
  } catch (error) {
    // It is read, and complained of, on its own; here it is as good as missing.
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

function wishesOf(manifest: Table): Wish[] {
  const project = field(manifest, 'project');
  const poetry = field(field(manifest, 'tool'), 'poetry');
  const groups = entriesOf(field(manifest, 'dependency-groups')).map(([, list]) => list);
  const poetryGroups = entriesOf(field(poetry, 'group')).map(([, group]) => field(group, 'dependencies'));
  return [
    ...listed(field(project, 'dependencies'), 'runtime'),
    ...entriesOf(field(project, 'optional-dependencies')).flatMap(([, list]) => listed(list, 'runtime')),
    ...groups.flatMap((list) => listed(list, 'dev')),
    ...tabled(field(poetry, 'dependencies'), 'runtime'),
    ...[field(poetry, 'dev-dependencies'), ...poetryGroups].flatMap((table) => tabled(table, 'dev')),
  ];
}

const listed = (list: unknown, scope: Wish['scope']): Wish[] =>
  textsOf(list).flatMap((text) => {
    const requirement = parseRequirement(text);
    return requirement === null ? [] : [{ ...requirement, scope }];
  });

/** Poetry's own way: `name = "^1"` or `name = { version = "^1", … }`. A bare number is the lower end of a range. */
const tabled = (table: unknown, scope: Wish['scope']): Wish[] =>
  entriesOf(table)
    .filter(([name]) => name !== 'python')
    .map(([name, value]) => {
      const range = textOf(isTable(value) ? field(value, 'version') : value);
      const version = /^==\s*([^\s,*]+)$/.exec(range ?? '')?.[1] ?? null;
      return { name: normalised(name), version, range, scope };
    });

function projectOf(manifest: Table): Project | null {
  const own = field(manifest, 'project') ?? field(field(manifest, 'tool'), 'poetry');
  const name = textOf(field(own, 'name'));
  return name === null ? null : { name, version: textOf(field(own, 'version')) };
}
