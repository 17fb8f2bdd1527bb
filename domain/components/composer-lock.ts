import type { ComponentFile, Reader } from './component.ts';
import { Unreadable } from './component.ts';
import { firstLines } from './first-lines.ts';
import { hashOf } from './integrity.ts';
import { Inventory } from './inventory.ts';
import { field, listOf, namesOf, parseJsonTable, textOf, textsOf } from './loose.ts';

export const readComposerLock: Reader = (file) => {
  const lock = parseJsonTable(file.text);
  const direct = wished(file);
  // A package's own name stands at a depth of its own, unlike those of its authors.
  const lines = firstLines(file.text, /^ {12}"name": "([^"\\]{1,512})"/);
  const inventory = new Inventory('Packagist', file.path);
  for (const [section, scope] of [
    ['packages', 'runtime'],
    ['packages-dev', 'dev'],
  ] as const) {
    for (const entry of listOf(field(lock, section))) {
      const name = textOf(field(entry, 'name'));
      inventory.add(name ?? '', {
        ...{ name, scope, version: textOf(field(entry, 'version')), line: lines.get(name ?? '') },
        direct: direct === null || name === null ? null : direct.has(name.toLowerCase()),
        licenses: textsOf(field(entry, 'license')),
        hashes: hashOf('sha1', textOf(field(field(entry, 'dist'), 'shasum')) ?? ''),
        needs: namesOf(field(entry, 'require')),
      });
    }
  }
  return inventory.reading();
};

function wished({ beside }: ComponentFile): ReadonlySet<string> | null {
  const text = beside('composer.json');
  if (text === null) return null;
  try {
    const manifest = parseJsonTable(text);
    const names = [...namesOf(field(manifest, 'require')), ...namesOf(field(manifest, 'require-dev'))];
    return new Set(names.map((name) => name.toLowerCase()));
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}
