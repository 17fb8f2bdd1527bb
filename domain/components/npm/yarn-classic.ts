import type { ComponentFile, Reader } from '../component.ts';
import { Unreadable } from '../component.ts';
import { parseIntegrity } from '../integrity.ts';
import { Inventory } from '../inventory.ts';
import { reach } from '../reach.ts';
import { wishesBeside } from './direct.ts';
import { dealias } from './package-json.ts';

type Entry = {
  readonly line: number;
  readonly wanted: readonly string[];
  readonly values: Map<string, string>;
  readonly needs: string[];
};

/** yarn.lock of the first Yarn: blocks of `name@range, name@range:` with what was found for them. */
export const readYarnClassic: Reader = (file) => {
  const entries = parse(file.text);
  const byWish = new Map(entries.flatMap((entry) => entry.wanted.map((wish) => [wish, entry] as const)));
  const { direct, runtime } = asked(file, byWish);
  const inventory = new Inventory('npm', file.path);
  for (const entry of entries) {
    const [wish] = entry.wanted as [string, ...string[]];
    const { name } = dealias(...splitWish(wish));
    inventory.add(wish, {
      name,
      version: entry.values.get('version') ?? null,
      line: entry.line,
      direct: direct === null ? null : entry.wanted.some((one) => direct.has(one)),
      scope: runtime === null || entry.wanted.some((one) => runtime.has(one)) ? 'runtime' : 'dev',
      hashes: parseIntegrity(entry.values.get('integrity') ?? null),
      needs: entry.needs.flatMap((need) => byWish.get(need)?.wanted[0] ?? []),
    });
  }
  return inventory.reading();
};

/** A scoped name begins with the sign that else divides name and range. */
export function splitWish(wish: string): [string, string] {
  const cut = wish.indexOf('@', 1);
  return cut === -1 ? [wish, ''] : [wish.slice(0, cut), wish.slice(cut + 1)];
}

/** The lockfile does not say who asks. Where workspaces may ask too, nothing is called a mere tool of development. */
function asked(file: ComponentFile, byWish: ReadonlyMap<string, Entry>) {
  const beside = wishesBeside(file);
  if (beside === null || beside.hasWorkspaces) return { direct: null, runtime: null };
  const key = ({ name, range }: { name: string; range: string }) => `${name}@${range}`;
  const wanted = beside.wishes.filter(({ scope }) => scope === 'runtime').map(key);
  return {
    direct: new Set(beside.wishes.map(key)),
    runtime: reach(wanted, (wish) => byWish.get(wish)?.needs ?? []),
  };
}

function parse(text: string): Entry[] {
  const entries: Entry[] = [];
  let entry: Entry | undefined;
  let isNeeds = false;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const indent = line.length - line.trimStart().length;
    if (indent === 0) {
      entry = { line: index + 1, wanted: wishesOf(line), values: new Map(), needs: [] };
      if (entry.wanted.length === 0) throw new Unreadable(`line ${index + 1} is not as Yarn writes it`);
      entries.push(entry);
    } else if (indent === 2) {
      isNeeds = /^ {2}(dependencies|optionalDependencies):$/.test(line);
      const [name, value] = words(line.trim());
      if (!isNeeds && name !== undefined && value !== undefined) entry?.values.set(name, value);
    } else if (isNeeds) {
      const [name, range] = words(line.trim());
      entry?.needs.push(`${name}@${range}`);
    }
  }
  return entries;
}

const wishesOf = (line: string): string[] =>
  line.endsWith(':')
    ? line
        .slice(0, -1)
        .split(', ')
        .map((wish) => wish.replace(/^"|"$/g, ''))
        .filter((wish) => wish.length > 1)
    : [];

/** `name value`, either of them quoted. */
const words = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
