import { XMLParser } from 'fast-xml-parser';
import type { Reader } from './component.ts';
import { Unreadable } from './component.ts';
import { firstLines } from './first-lines.ts';
import { Inventory } from './inventory.ts';
import { entriesOf, field, textOf } from './loose.ts';

/** A Maven project's own dependencies; of use as far as their versions stand in the file itself. */
export const readPom: Reader = ({ path, text }) => {
  const project = field(parseXml(text), 'project');
  const fill = filler(project);
  const managed = new Map(
    dependenciesOf(field(project, 'dependencyManagement')).map((entry) => [nameOf(entry, fill), entry]),
  );
  const inventory = new Inventory('Maven', path);
  const lines = firstLines(text, /<artifactId>([^<]{1,512})<\/artifactId>/);
  let unknown = 0;
  for (const [index, entry] of dependenciesOf(project).entries()) {
    const name = nameOf(entry, fill);
    const from = (part: string) => textOf(field(entry, part)) ?? textOf(field(managed.get(name), part));
    const range = fill(from('version') ?? '');
    // "[1,2)" is a range, and "${…}" says that the value stands in another file.
    const version = /^[^[(,$]+$/.test(range) ? range : null;
    if (version === null) unknown += 1;
    const scope = from('scope') === 'test' ? 'dev' : 'runtime';
    const line = lines.get(textOf(field(entry, 'artifactId')) ?? '');
    inventory.add(`${index}`, { name, version, range: range || null, line, scope, direct: true });
  }
  if (unknown > 0)
    inventory.note('version_unknown', `${unknown} dependencies get their version from somewhere else`);
  const name = fill(textOf(field(project, 'artifactId')) ?? '');
  return inventory.reading(name === '' ? null : { name, version: fill(ownVersion(project)) || null });
};

/** Entities are off: they could grow without end, and no version needs one. */
function parseXml(text: string): unknown {
  const lists = new Set(['dependency']);
  const parser = new XMLParser({
    processEntities: false,
    parseTagValue: false,
    maxNestedTags: 50,
    isArray: (name) => lists.has(name),
  });
  try {
    return parser.parse(text);
  } catch {
    throw new Unreadable('it is not XML');
  }
}

const dependenciesOf = (holder: unknown): readonly unknown[] => {
  const list = field(field(holder, 'dependencies'), 'dependency');
  return Array.isArray(list) ? list : [];
};

const nameOf = (entry: unknown, fill: (text: string) => string): string =>
  `${fill(textOf(field(entry, 'groupId')) ?? '')}:${fill(textOf(field(entry, 'artifactId')) ?? '')}`;

const ownVersion = (project: unknown): string =>
  textOf(field(project, 'version')) ?? textOf(field(field(project, 'parent'), 'version')) ?? '';

/** Puts properties of this file in. A few rounds, each of bounded length: one may name another, and so itself. */
function filler(project: unknown): (text: string) => string {
  const values = new Map<string, string>(
    entriesOf(field(project, 'properties')).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  );
  const group = textOf(field(project, 'groupId')) ?? textOf(field(field(project, 'parent'), 'groupId')) ?? '';
  for (const prefix of ['project.', 'pom.', '']) {
    values.set(`${prefix}version`, values.get(`${prefix}version`) ?? ownVersion(project));
    values.set(`${prefix}groupId`, values.get(`${prefix}groupId`) ?? group);
  }
  return (text) => {
    let filled = text.slice(0, MAX_VALUE);
    for (let round = 0; round < 5 && filled.includes('${'); round += 1) {
      filled = filled
        .replace(
          /\$\{([^${}]{1,200})\}/g,
          (whole, name: string) => values.get(name)?.slice(0, MAX_VALUE) ?? whole,
        )
        .slice(0, MAX_VALUE);
    }
    return filled.trim();
  };
}

const MAX_VALUE = 512;
