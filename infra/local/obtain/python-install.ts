import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Recipe } from './artifact.ts';
import { cacheFolder } from './cache.ts';
import { which } from './find-command.ts';
import { runCommand } from './run-command.ts';

/** A program from Python's index, in an environment of its own. */
export function pythonInstall(requirement: string, folderName: string, seconds: number): Recipe {
  return {
    what: `python3 -m venv and pip install ${requirement}`,
    needs: 'Python 3.10 or later with venv',
    seconds,
    lacks: () => (which('python3') === undefined ? 'Python (python3) is not installed' : undefined),
    build: async (folder, { signal }) => {
      await runCommand('python3', ['-m', 'venv', folder], { signal });
      const install = ['install', '--quiet', '--no-input', '--disable-pip-version-check', requirement];
      await runCommand(join(folder, 'bin', 'pip'), install, { cwd: folder, signal });
      await moveScripts(join(folder, 'bin'), folder, join(cacheFolder(), folderName));
    },
  };
}

/** Scripts name their python by its whole path, and what is built here is moved to its place when it is complete. */
async function moveScripts(bin: string, from: string, to: string): Promise<void> {
  for (const entry of await readdir(bin, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(bin, entry.name);
    const bytes = await readFile(path);
    if (!bytes.subarray(0, 2).equals(Buffer.from('#!'))) continue;
    const [first = '', ...rest] = bytes.toString('utf8').split('\n');
    await writeFile(path, [first.replaceAll(from, to), ...rest].join('\n'));
  }
}
