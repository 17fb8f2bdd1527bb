import { CertusError } from '../../../contracts/errors.ts';
import { nulReader } from '../../git/list-tree.ts';
import { runGit } from '../../git/run-git.ts';

/** A path that is another one than before. */
export type Change = {
  readonly path: string;
  /** What stands there now; null when nothing does. */
  readonly now: { readonly kind: 'file' | 'symlink' | 'submodule'; readonly blob: string } | null;
};

/**
 * What is different between two commits, or between nothing and a commit, which is all of it. Both are listed whole, and counted
 * while they are: git itself says what is different only once it knows all of it, and a small pack can name one folder a billion
 * times.
 */
export async function listChanges(
  folder: string,
  { from, to, max }: { readonly from: string | null; readonly to: string; readonly max: number },
  signal: AbortSignal,
): Promise<Change[]> {
  const now = await listEntries(folder, to, max, signal);
  const before = from === null ? new Map<string, string>() : await listEntries(folder, from, max, signal);
  const changed = [...now].filter(([path, entry]) => before.get(path) !== entry);
  const gone = [...before.keys()].filter((path) => !now.has(path));
  return [
    ...changed.map(([path, entry]) => ({ path, now: parse(entry) })),
    ...gone.map((path) => ({ path, now: null })),
  ];
}

/** Paths, each with its mode and what it holds. Folders are counted as well: empty ones would keep git busy without a word. */
async function listEntries(
  folder: string,
  commit: string,
  max: number,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const entries = new Map<string, string>();
  let folders = 0;
  const take = (line: string) => {
    const tab = line.indexOf('\t');
    const entry = line.slice(0, tab);
    if (entry.startsWith(FOLDER)) folders += 1;
    else entries.set(line.slice(tab + 1), entry);
    if (entries.size > max || folders > max)
      throw new CertusError('source_too_large', `the source has more than ${max} files or folders`);
  };
  await runGit(['ls-tree', '-r', '-t', '-z', '--full-tree', commit], {
    cwd: folder,
    signal,
    read: nulReader(take),
    maxOutput: 512 * 1024 * 1024,
  });
  return entries;
}

const FOLDER = '040000';

/** `100644 blob <digest>` */
function parse(entry: string): NonNullable<Change['now']> {
  const [mode, , blob = ''] = entry.split(' ');
  return { kind: mode === '120000' ? 'symlink' : mode === '160000' ? 'submodule' : 'file', blob };
}
