import type { Reader } from '../component.ts';
import { firstLines } from '../first-lines.ts';
import { parseHexHash } from '../integrity.ts';
import { Inventory } from '../inventory.ts';
import { entriesOf, field, parseJsonTable, textOf, textsOf } from '../loose.ts';
import { normalised } from './names.ts';

export const readPipfileLock: Reader = ({ path, text }) => {
  const lock = parseJsonTable(text);
  const lines = firstLines(text, /^ {8}"([^"\\]{1,200})": \{/);
  const inventory = new Inventory('PyPI', path);
  for (const [section, scope] of [
    ['default', 'runtime'],
    ['develop', 'dev'],
  ] as const) {
    for (const [name, entry] of entriesOf(field(lock, section))) {
      const range = textOf(field(entry, 'version'));
      const version = range === null ? null : (/^===?\s*([^\s,*]+)$/.exec(range)?.[1] ?? null);
      const hashes = textsOf(field(entry, 'hashes')).flatMap(parseHexHash);
      inventory.add(`${section} ${name}`, {
        ...{ name: normalised(name), version, range, scope, hashes },
        line: lines.get(name),
      });
    }
  }
  return inventory.reading();
};
