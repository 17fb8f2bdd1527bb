import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { pushArtifact } from '../../services/registry/artifact.ts';
import { withLock } from '../../services/registry/layout-lock.ts';
import { openLayoutRegistry } from '../../services/registry/layout-registry.ts';

/** A process of its own that writes: node registry-writer.ts <root> tags <prefix> <count> | hold */
const [root = '', what = '', prefix = '', count = '0'] = process.argv.slice(2);
const registry = openLayoutRegistry(root);

const tags = async (): Promise<void> => {
  for (let n = 0; n < Number(count); n += 1) {
    await pushArtifact(registry, {
      repository: 'acme/web',
      tag: `${prefix}-${n}`,
      artifactType: 'application/vnd.certus.test',
      files: [{ name: 'x', mediaType: 'text/plain', bytes: Buffer.from(`${prefix}-${n}`) }],
    });
    if (n === 0) process.send?.('going');
  }
  process.disconnect();
};

/** Without an end: whoever started it kills it. */
const hold = async (): Promise<void> => {
  await registry.ping();
  const name = createHash('sha256').update('acme/web').digest('hex');
  await withLock(join(root, '.locks', name), () => {
    process.send?.('holding');
    return new Promise(() => setInterval(() => undefined, 1000));
  });
};

await (what === 'hold' ? hold() : tags());
