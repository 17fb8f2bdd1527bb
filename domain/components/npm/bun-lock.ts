import type { Reader } from '../component.ts';
import { firstLines } from '../first-lines.ts';
import { parseIntegrity } from '../integrity.ts';
import { Inventory } from '../inventory.ts';
import { entriesOf, field, listOf, namesOf, parseJsonTable, textOf } from '../loose.ts';
import { reach } from '../reach.ts';
import { nearest } from './nearest.ts';
import { projectOf } from './package-json.ts';
import { splitWish } from './yarn-classic.ts';

/** bun.lock, the text one: JSON with commas at the ends, packages by their place. */
export const readBunLock: Reader = ({ path, text }) => {
  const lock = parseJsonTable(withoutTrailingCommas(text));
  const packages = new Map(entriesOf(field(lock, 'packages')).map(([key, entry]) => [key, listOf(entry)]));
  const has = (key: string) => packages.has(key);
  const needs = (key: string) => {
    const details = packages.get(key)?.find((part) => typeof part === 'object' && part !== null);
    return SECTIONS.flatMap((section) => namesOf(field(details, section))).flatMap(
      (name) => nearest(key, name, '', has) ?? [],
    );
  };
  const workspaces = entriesOf(field(lock, 'workspaces')).map(([, workspace]) => workspace);
  const asked = (sections: readonly string[]) =>
    workspaces.flatMap((workspace) =>
      sections.flatMap((section) =>
        namesOf(field(workspace, section)).flatMap(
          (name) => nearest(textOf(field(workspace, 'name')) ?? '', name, '', has) ?? [],
        ),
      ),
    );
  const direct = new Set(asked([...SECTIONS, 'devDependencies']));
  const runtime = reach(asked(SECTIONS), needs);
  const lines = firstLines(text, /^ {4}"([^"\\]{1,512})": \[/);
  const inventory = new Inventory('npm', path);
  for (const [key, entry] of packages) {
    const [name, version] = splitWish(textOf(entry[0]) ?? '');
    if (version.startsWith('workspace:')) continue;
    inventory.add(key, {
      name: name || null,
      version: version || null,
      line: lines.get(key),
      scope: runtime.has(key) ? 'runtime' : 'dev',
      direct: direct.has(key),
      hashes: parseIntegrity(textOf(entry.at(-1))),
      needs: needs(key),
    });
  }
  const root = workspaces[0];
  return inventory.reading(projectOf({ name: field(root, 'name'), version: field(root, 'version') }));
};

const SECTIONS = ['dependencies', 'optionalDependencies', 'peerDependencies'];

/** Drops each comma before a closing bracket, but never one inside of a text. */
function withoutTrailingCommas(text: string): string {
  const kept: string[] = [];
  let [from, comma, inText] = [0, -1, false];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] as string;
    if (inText) {
      if (character === '\\') at += 1;
      else if (character === '"') inText = false;
      continue;
    }
    if (comma !== -1 && (character === ']' || character === '}')) {
      kept.push(text.slice(from, comma));
      from = comma + 1;
    }
    if (character === '"') inText = true;
    if (character === ',') comma = at;
    else if (character > ' ') comma = -1;
  }
  return kept.join('') + text.slice(from);
}
