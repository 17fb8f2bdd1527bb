import type { Reader } from './component.ts';
import { Inventory } from './inventory.ts';

/** gradle.lockfile: `group:artifact:version=configurations`. */
export const readGradleLockfile: Reader = ({ path, text }) => {
  const inventory = new Inventory('Maven', path);
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith('empty=')) continue;
    const cut = line.indexOf('=');
    const [group, artifact, version, ...more] = line.slice(0, cut === -1 ? undefined : cut).split(':');
    const name = group && artifact && more.length === 0 ? `${group}:${artifact}` : null;
    const uses = line.slice(cut + 1).split(',');
    const scope = cut !== -1 && uses.every((use) => /^(test|androidTest)/.test(use)) ? 'dev' : 'runtime';
    inventory.add(line, { name: version ? name : null, version: version ?? null, line: index + 1, scope });
  }
  return inventory.reading();
};
