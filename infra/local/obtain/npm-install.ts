import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import type { Recipe } from './artifact.ts';
import { which } from './find-command.ts';
import { runCommand } from './run-command.ts';

/** Packages that are no dependency of this checkout, in a folder of their own. None of their scripts runs. */
export function npmInstall(
  packages: Readonly<Record<string, string>>,
  file: string,
  seconds: number,
): Recipe {
  const wanted = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
  return {
    what: `npm install ${wanted.join(' ')}`,
    needs: 'npm',
    seconds,
    lacks: () => (which('npm') === undefined ? 'npm is not installed' : undefined),
    build: async (folder, { signal }) => {
      const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder];
      await runCommand('npm', ['install', ...flags, ...wanted], { cwd: folder, signal });
      // what is in the cache is told by a file that can be run
      await chmod(join(folder, file), 0o755);
    },
  };
}
