import type { Reader } from '../component.ts';
import { Inventory } from '../inventory.ts';
import { field, parseJsonTable, textOf } from '../loose.ts';
import { licensesOf } from './package-json.ts';

/** A package that is checked in as it was installed: it is there, whatever a lockfile says. */
export const readInstalledPackage: Reader = ({ path, text }) => {
  const manifest = parseJsonTable(text);
  const inventory = new Inventory('npm', path);
  const version = textOf(field(manifest, 'version'));
  // Packages carry folders with a package.json of two words, to say how the files there are loaded.
  if (version !== null && textOf(field(manifest, 'name')) !== null)
    inventory.add('', { name: textOf(field(manifest, 'name')), version, licenses: licensesOf(manifest) });
  return inventory.reading();
};

/** `node_modules/name/package.json` or `node_modules/@scope/name/package.json`, at any depth. */
export const isInstalledPackage = (path: string): boolean =>
  /(^|\/)node_modules\/(@[^/]+\/)?[^@/.][^/]*\/package\.json$/.test(path);
