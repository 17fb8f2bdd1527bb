import type { Reader } from './component.ts';
import { hashOf } from './integrity.ts';
import { Inventory } from './inventory.ts';
import { parseLockfileYaml } from './lockfile-yaml.ts';
import { at, mapOf, scalarAt } from './yaml-loose.ts';

/** pubspec.lock of Dart and Flutter. */
export const readPubspecLock: Reader = ({ path, text }) => {
  const inventory = new Inventory('Pub', path);
  for (const [name, node] of mapOf(at(parseLockfileYaml(text)[0], 'packages'))) {
    const source = scalarAt(node, 'source');
    if (source === 'path' || source === 'sdk') continue;
    const asked = scalarAt(node, 'dependency') ?? '';
    inventory.add(name, {
      ...{ name: scalarAt(node, 'description', 'name') ?? name, version: scalarAt(node, 'version') },
      ...{ line: node.line, direct: asked.startsWith('direct') },
      scope: asked === 'direct dev' ? 'dev' : 'runtime',
      hashes: hashOf('sha256', scalarAt(node, 'description', 'sha256') ?? ''),
    });
  }
  return inventory.reading();
};
