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
 * What is different between two commits, or between nothing and a commit, which is all of it. Folders are told and counted as
 * well: a small pack can name one of them a billion times, and empty ones would keep git busy without a word.
 */
export async function listChanges(
  folder: string,
  { from, to, max }: { readonly from: string | null; readonly to: string; readonly max: number },
  signal: AbortSignal,
): Promise<Change[]> {
  const before = from ?? (await emptyTree(folder, signal));
  const changes: Change[] = [];
  let folders = 0;
  let head: string | undefined;
  const take = (text: string) => {
    if (head === undefined) {
      head = text;
      return;
    }
    const change = parse(head, text);
    head = undefined;
    if (change === undefined) folders += 1;
    else changes.push(change);
    if (changes.length > max || folders > max)
      throw new CertusError('source_too_large', `the source has more than ${max} files or folders`);
  };
  await runGit(['diff-tree', '-r', '-t', '-z', '--raw', '--no-renames', '--no-abbrev', before, to], {
    cwd: folder,
    signal,
    read: nulReader(take),
    maxOutput: 512 * 1024 * 1024,
  });
  return changes;
}

const emptyTree = async (folder: string, signal: AbortSignal): Promise<string> =>
  (await runGit(['hash-object', '-t', 'tree', '--stdin'], { cwd: folder, input: '', signal }))
    .toString()
    .trim();

/** `:100644 100644 <blob> <blob> M`; undefined for a folder. */
function parse(head: string, path: string): Change | undefined {
  const [before = '', mode = '', , blob = ''] = head.slice(1).split(' ');
  if (mode === FOLDER || (mode === NOTHING && before === FOLDER)) return undefined;
  if (mode === NOTHING) return { path, now: null };
  return {
    path,
    now: { kind: mode === '120000' ? 'symlink' : mode === '160000' ? 'submodule' : 'file', blob },
  };
}

const FOLDER = '040000';
const NOTHING = '000000';
