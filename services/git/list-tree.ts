import { runGit } from './run-git.ts';

export type TreeEntry = {
  readonly mode: string;
  readonly path: string;
  readonly size: number;
  /** A name that is no text cannot be asked for by its name. */
  readonly kind: 'file' | 'symlink' | 'submodule' | 'name_not_text';
};

/** Everything a commit holds, without writing any of it to disk. */
export async function listTree(folder: string, commit: string, signal?: AbortSignal): Promise<TreeEntry[]> {
  const output = await runGit(['ls-tree', '-r', '-z', '--long', '--full-tree', commit], {
    cwd: folder,
    signal,
    maxOutput: 512 * 1024 * 1024,
  });
  return output
    .toString('utf8')
    .split('\0')
    .filter((line) => line !== '')
    .map(parseEntry);
}

function parseEntry(line: string): TreeEntry {
  const tab = line.indexOf('\t');
  const [mode = '', , , size = ''] = line.slice(0, tab).split(/ +/);
  const path = line.slice(tab + 1);
  return { mode, path, size: Number(size) || 0, kind: kindOf(mode, path) };
}

function kindOf(mode: string, path: string): TreeEntry['kind'] {
  if (path.includes('\ufffd')) return 'name_not_text';
  return mode === '120000' ? 'symlink' : mode === '160000' ? 'submodule' : 'file';
}

/** Writes the given regular files of a commit below `target`; git itself refuses names that would leave it. */
export async function writeFiles(
  folder: string,
  commit: string,
  paths: readonly string[],
  target: string,
  signal?: AbortSignal,
): Promise<void> {
  await runGit(['read-tree', commit], { cwd: folder, signal });
  await runGit(['--work-tree=.', 'checkout-index', '--quiet', '-z', '--stdin'], {
    cwd: target,
    repository: folder,
    settings: ['core.symlinks=false', 'core.autocrlf=false'],
    input: paths.map((path) => `${path}\0`).join(''),
    signal,
  });
}
