import type { Reader } from './component.ts';
import { firstLines } from './first-lines.ts';
import { Inventory } from './inventory.ts';
import { entriesOf, field, namesOf, parseJsonTable, textOf } from './loose.ts';

/** packages.lock.json of NuGet: packages by the framework they are built for. */
export const readNugetLock: Reader = ({ path, text }) => {
  const inventory = new Inventory('NuGet', path);
  const lines = firstLines(text, /^\s*"([^"\\]{1,512})": \{/);
  for (const [framework, packages] of entriesOf(field(parseJsonTable(text), 'dependencies'))) {
    const key = (name: string) => `${framework} ${name.toLowerCase()}`;
    for (const [name, entry] of entriesOf(packages)) {
      const type = textOf(field(entry, 'type'));
      if (type === 'Project') continue;
      inventory.add(key(name), {
        ...{ name, version: textOf(field(entry, 'resolved')), line: lines.get(name) },
        direct: type === 'Direct',
        needs: namesOf(field(entry, 'dependencies')).map(key),
      });
    }
  }
  return inventory.reading();
};
