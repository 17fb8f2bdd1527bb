import type { Reader } from './component.ts';
import { Inventory } from './inventory.ts';

type Spec = {
  readonly name: string;
  readonly version: string;
  readonly line: number;
  readonly needs: string[];
};

/** Gemfile.lock: sections by indentation. What comes from a PATH is the project itself. */
export const readGemfileLock: Reader = ({ path, text }) => {
  const specs: Spec[] = [];
  const direct = new Set<string>();
  let section = '';
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^[A-Z]/.test(line)) section = line.trim();
    const [, indent = '', name = '', given] = /^( {2,6})([^\s()!]+)(?: \(([^()]*)\))?!?$/.exec(line) ?? [];
    if (section === 'DEPENDENCIES' && indent.length === 2) direct.add(name);
    if (section !== 'GEM' && section !== 'GIT') continue;
    if (indent.length === 4 && given !== undefined)
      specs.push({ name, version: withoutPlatform(given), line: index + 1, needs: [] });
    if (indent.length === 6) specs.at(-1)?.needs.push(name);
  }
  const inventory = new Inventory('RubyGems', path);
  for (const spec of specs) inventory.add(spec.name, { ...spec, direct: direct.has(spec.name) });
  return inventory.reading();
};

/** `1.15.0-x86_64-linux`: a version of a gem has no hyphen of its own. */
const withoutPlatform = (version: string): string => version.split('-')[0] as string;
