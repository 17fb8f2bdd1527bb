import { CertusError } from '../../../contracts/errors.ts';
import { GitError, runGit } from '../../git/run-git.ts';

/** A commit as a text: who, when, why, and which files; what changed in them is not part of it. */
export async function commitText(
  folder: string,
  commit: string,
  { maxBytes, signal }: { readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  const run = { cwd: folder, signal };
  const [told, files] = await Promise.all([
    runGit(
      ['show', '--no-patch', '--no-show-signature', '--no-notes', '--encoding=UTF-8', FORMAT, commit, '--'],
      { ...run, maxOutput: maxBytes },
    ),
    runGit(['diff-tree', '-r', '-z', '--root', '--no-commit-id', '--no-renames', '--name-status', commit], {
      ...run,
      maxOutput: MAX_LISTING,
    }),
  ]).catch((error: unknown) => {
    if (error instanceof GitError)
      throw new CertusError('item_gone', `there is no commit ${commit} any more`);
    if (error instanceof CertusError && error.code === 'source_too_large')
      throw new CertusError('item_too_large', 'the commit says, or changes, more than is read');
    throw error;
  });
  const changed = changedFiles(files.toString('utf8'));
  return Buffer.from(`${told.toString('utf8').trim()}\n\n${changed}`);
}

const FORMAT = '--format=commit %H%nAuthor: %an <%ae>%nDate: %aI%nCommit: %cn <%ce>%n%n%B';
const MAX_LISTING = 16 * 1024 * 1024;
const MOST_FILES = 500;

function changedFiles(listing: string): string {
  const parts = listing.split('\0');
  const lines: string[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2)
    lines.push(`${parts[at]} ${(parts[at + 1] ?? '').replace(/\p{Cc}/gu, ' ')}`);
  const left = lines.length - MOST_FILES;
  const more = left > 0 ? [`and ${left} more`] : [];
  return [...lines.slice(0, MOST_FILES), ...more].join('\n');
}
