import { CertusError } from '../../contracts/errors.ts';
import { runGit } from './run-git.ts';

export type TreeEntry = {
  readonly mode: string;
  readonly path: string;
  readonly size: number;
  /** A name that is no text cannot be asked for by its name. */
  readonly kind: 'file' | 'symlink' | 'submodule' | 'name_not_text';
  /** Of a submodule: which commit of it. */
  readonly commit?: string;
};

/**
 * What a commit holds, without writing any of it to disk. A small pack can name one tree a billion times: entries are
 * counted as they arrive, folders too, since a tree of empty folders would keep git busy without a single file.
 */
export async function listTree(
  folder: string,
  commit: string,
  maxFiles: number,
  signal?: AbortSignal,
): Promise<TreeEntry[]> {
  const entries: TreeEntry[] = [];
  let folders = 0;
  const take = (line: string) => {
    const { type, ...entry } = parseEntry(line);
    if (type === 'tree') folders += 1;
    else entries.push(entry);
    if (entries.length > maxFiles)
      throw new CertusError('source_too_large', `the source has more than ${maxFiles} files`);
    if (folders > maxFiles)
      throw new CertusError('source_too_large', `the source has more than ${maxFiles} folders`);
  };
  await runGit(['ls-tree', '-r', '-t', '-z', '--long', '--full-tree', commit], {
    cwd: folder,
    signal,
    read: nulReader(take),
    maxOutput: 256 * 1024 * 1024,
  });
  return entries;
}

/** Calls back for every text that ends in NUL, and keeps no more than the one that has not ended yet. */
export function nulReader(take: (line: string) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = rest.indexOf(0); end !== -1; end = rest.indexOf(0, start)) {
      take(rest.toString('utf8', start, end));
      start = end + 1;
    }
    rest = rest.subarray(start);
    if (rest.length > LONGEST) throw new CertusError('source_too_large', 'the source has a path without end');
  };
}

/** Far longer than any path that a disk takes. */
const LONGEST = 64 * 1024;

function parseEntry(line: string): TreeEntry & { type: string } {
  const tab = line.indexOf('\t');
  const [mode = '', type = '', object = '', size = ''] = line.slice(0, tab).split(/ +/);
  const path = line.slice(tab + 1);
  const kind = kindOf(mode, path);
  const entry = { mode, type, path, size: Number(size) || 0, kind };
  return kind === 'submodule' ? { ...entry, commit: object } : entry;
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
