import type { Reader } from './component.ts';
import { hashOf } from './integrity.ts';
import { Inventory } from './inventory.ts';

/** mix.lock of Elixir: a line for each package. */
export const readMixLock: Reader = ({ path, text }) => {
  const inventory = new Inventory('Hex', path);
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [, key, name, version] =
      /^\s*"([^"]{1,200})": \{:hex, :"?([^",\s]{1,200})"?, "([^"]{1,200})"/.exec(line) ?? [];
    if (key === undefined || name === undefined || version === undefined) {
      if (/^\s*"[^"]{1,200}": \{:git,/.test(line))
        inventory.note('component_without_version', `line ${index + 1} names a package of a git repository`);
      continue;
    }
    const outer = /, "hexpm", "([0-9a-f]{64})"\}/.exec(line)?.[1] ?? '';
    const needs = [...line.matchAll(/\{:"?([a-z0-9_]{1,200})"?, "/g)].map(([, need]) => need as string);
    inventory.add(key, { name, version, line: index + 1, hashes: hashOf('sha256', outer), needs });
  }
  return inventory.reading();
};
