import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Recipe } from './artifact.ts';
import { which } from './find-command.ts';
import { runCommand } from './run-command.ts';

/** A release archive on GitHub whose exact bytes are known beforehand; anything else is refused. */
export function downloadRelease(url: string, sha256: string, seconds: number): Recipe {
  return {
    what: `download ${url}`,
    needs: 'access to github.com',
    seconds,
    lacks: () => (which('tar') === undefined ? 'tar is not installed' : undefined),
    build: async (folder, { signal }) => {
      const limit = AbortSignal.timeout(10 * 60_000);
      const response = await fetch(url, {
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      });
      if (!response.ok) throw new Error(`the answer is ${response.status}`);
      const bytes = Buffer.from(await response.arrayBuffer());
      const digest = createHash('sha256').update(bytes).digest('hex');
      if (digest !== sha256) throw new Error(`its sha256 is ${digest}, expected is ${sha256}`);
      const archive = join(folder, 'archive.tar.gz');
      await writeFile(archive, bytes);
      await runCommand('tar', ['-xzf', archive, '-C', folder], { signal });
      await rm(archive);
    },
  };
}
