import type { ComponentFile, Reader } from '../component.ts';
import { Inventory } from '../inventory.ts';
import { parseLockfileYaml } from '../lockfile-yaml.ts';
import type { YamlNode } from '../lockfile-yaml-node.ts';
import { reach } from '../reach.ts';
import { at, mapOf, pairsOf, scalarAt } from '../yaml-loose.ts';
import { wishesBeside } from './direct.ts';
import { splitWish } from './yarn-classic.ts';

type Entry = { readonly key: string; readonly wanted: readonly string[]; readonly node: YamlNode };

/** yarn.lock since the second Yarn: YAML whose entries name what they resolved to, workspaces among them. */
export const readYarnBerry: Reader = (file) => {
  const entries = entriesOf(file.text);
  const byWish = new Map(entries.flatMap((entry) => entry.wanted.map((wish) => [wish, entry] as const)));
  const needsOf = ({ node }: Entry): string[] =>
    ['dependencies', 'optionalDependencies']
      .flatMap((section) => pairsOf(at(node, section)))
      .flatMap(([name, range]) => find(byWish, name, range)?.key ?? []);
  const workspaces = entries.filter(isWorkspace);
  const direct = new Set(workspaces.flatMap(needsOf));
  const byKey = new Map(entries.map((entry) => [entry.key, entry]));
  const followed = (key: string) => {
    const entry = byKey.get(key);
    return entry === undefined || isWorkspace(entry) ? [] : needsOf(entry);
  };
  const runtime = reach(runtimeRoots(file, workspaces, byWish), followed);
  const inventory = new Inventory('npm', file.path);
  for (const entry of entries) {
    if (isWorkspace(entry)) continue;
    const resolution = scalarAt(entry.node, 'resolution') ?? entry.wanted[0] ?? '';
    inventory.add(entry.key, {
      name: splitWish(resolution)[0],
      version: scalarAt(entry.node, 'version'),
      line: entry.node.line,
      direct: direct.has(entry.key),
      scope: runtime.has(entry.key) ? 'runtime' : 'dev',
      needs: needsOf(entry),
    });
  }
  return inventory.reading();
};

function entriesOf(text: string): Entry[] {
  const [document] = parseLockfileYaml(text);
  return [...mapOf(document)]
    .filter(([key]) => key !== '__metadata')
    .map(([key, node]) => ({ key, wanted: key.split(', '), node }));
}

const find = (byWish: ReadonlyMap<string, Entry>, name: string, range: string): Entry | undefined =>
  byWish.get(`${name}@${range}`) ?? byWish.get(`${name}@npm:${range}`);

const isWorkspace = ({ node }: Entry): boolean =>
  /@(workspace|link|portal):/.test(scalarAt(node, 'resolution') ?? '');

/**
 * A workspace's entry mixes what it needs with what its developers need; its package.json tells them apart. Where that
 * cannot be read, everything counts as needed.
 */
function runtimeRoots(
  file: ComponentFile,
  workspaces: readonly Entry[],
  byWish: ReadonlyMap<string, Entry>,
): string[] {
  return workspaces.flatMap(({ node }) => {
    const [, folder] = /@workspace:(.*)$/.exec(scalarAt(node, 'resolution') ?? '') ?? [];
    const beside = folder === undefined ? null : wishesBeside(file, folder === '.' ? '' : folder);
    const tools = new Set(beside?.wishes.flatMap(({ name, scope }) => (scope === 'dev' ? [name] : [])) ?? []);
    for (const { name, scope } of beside?.wishes ?? []) if (scope === 'runtime') tools.delete(name);
    return pairsOf(at(node, 'dependencies'))
      .filter(([name]) => !tools.has(name))
      .flatMap(([name, range]) => find(byWish, name, range)?.key ?? []);
  });
}
