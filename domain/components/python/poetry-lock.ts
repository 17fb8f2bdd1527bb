import type { Reader } from '../component.ts';
import { parseHexHash } from '../integrity.ts';
import { Inventory } from '../inventory.ts';
import { field, listOf, namesOf, type Table, textOf, textsOf } from '../loose.ts';
import { packageLines, parseToml } from '../toml.ts';
import { normalised } from './names.ts';
import { wishesBeside } from './pyproject.ts';

/** poetry.lock and pdm.lock: the same list of packages, told apart by how they write their groups and needs. */
export const readPoetryLock: Reader = (file) => {
  const lock = parseToml(file.text);
  const lines = packageLines(file.text);
  const direct = wishesBeside(file);
  const inventory = new Inventory('PyPI', file.path);
  for (const entry of listOf(field(lock, 'package'))) {
    const [written, version] = [textOf(field(entry, 'name')), textOf(field(entry, 'version'))];
    const name = written === null ? null : normalised(written);
    inventory.add(name ?? '', {
      name,
      version,
      line: lines.get(`${written}@${version}`),
      scope: isTool(entry) ? 'dev' : 'runtime',
      direct: direct === null || name === null ? null : direct.has(name),
      hashes: filesOf(lock, entry, written ?? '').flatMap((one) => parseHexHash(textOf(field(one, 'hash')))),
      needs: needsOf(entry),
    });
  }
  return inventory.reading();
};

const MAIN = ['main', 'default'];

function isTool(entry: unknown): boolean {
  const groups = textsOf(field(entry, 'groups'));
  if (groups.length > 0) return !groups.some((group) => MAIN.includes(group));
  return field(entry, 'category') === 'dev';
}

/** Before its second lockfile, poetry kept the files of all packages apart from them. */
function filesOf(lock: Table, entry: unknown, name: string): readonly unknown[] {
  const own = listOf(field(entry, 'files'));
  return own.length > 0 ? own : listOf(field(field(field(lock, 'metadata'), 'files'), name));
}

/** A table by name with poetry, a list of requirements with pdm. */
function needsOf(entry: unknown): string[] {
  const given = field(entry, 'dependencies');
  const names = Array.isArray(given)
    ? textsOf(given).map((text) => /^[A-Za-z0-9._-]+/.exec(text)?.[0] ?? '')
    : namesOf(given);
  return names.map(normalised);
}
