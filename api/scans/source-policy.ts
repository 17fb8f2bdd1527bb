import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CertusError } from '../../contracts/errors.ts';
import { readGitUrl } from '../../contracts/git-url.ts';
import type { ScanCreateRequest } from '../../contracts/scan.ts';
import type { Source } from '../../contracts/workflows.ts';
import { isBelow } from '../../services/files/allowed-path.ts';
import { invalid } from '../problems.ts';

type SourceFields = Pick<
  ScanCreateRequest,
  'source_type' | 'git_url' | 'directory_path' | 'branch' | 'commit'
>;

/** Decides whether Certus may fetch what was asked for; the checkout checks again, on the machine it runs on. */
export async function acceptSource(request: SourceFields, roots: readonly string[]): Promise<Source> {
  if (request.source_type === 'directory') {
    return {
      type: 'directory',
      path: await localPath('directory_path', request.directory_path ?? '', roots),
    };
  }
  return {
    type: 'git',
    url: await gitUrl(request.git_url ?? '', roots),
    ...(request.branch === undefined ? {} : { branch: branchName(request.branch) }),
    ...(request.commit === undefined ? {} : { commit: request.commit }),
  };
}

async function gitUrl(given: string, roots: readonly string[]): Promise<string> {
  if (isAbsolute(given)) return localPath('git_url', given, roots);
  if (/^file:/i.test(given)) return localPath('git_url', pathOfFileUrl(given), roots);
  const read = readGitUrl(given);
  if ('problem' in read) throw refused('git_url', read.problem);
  return read.url;
}

/** Looks at the file system only once the path as written is allowed: no answer tells what exists elsewhere. */
async function localPath(field: string, given: string, roots: readonly string[]): Promise<string> {
  if (!isAbsolute(given)) throw refused(field, 'must be an absolute path');
  const path = resolve(given);
  const realRoots = await Promise.all(roots.map(realOr));
  const below = (candidate: string, parents: readonly string[]) =>
    parents.some((root) => isBelow(candidate, root));
  if (!below(path, [...roots.map((root) => resolve(root)), ...realRoots])) throw notAllowed();
  if (!below(await realOr(path), realRoots)) throw notAllowed();
  return path;
}

/** The path with symbolic links followed as far as it exists: the API may run on another machine than the checkout. */
async function realOr(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return join(await realOr(dirname(path)), basename(path));
    if (code === 'EACCES' || code === 'ELOOP' || code === 'ENAMETOOLONG') throw notAllowed();
    throw error;
  }
}

function pathOfFileUrl(given: string): string {
  try {
    return fileURLToPath(given);
  } catch (error) {
    if (String((error as NodeJS.ErrnoException).code).startsWith('ERR_INVALID_'))
      throw refused('git_url', 'is not a file URL with an absolute path');
    throw error;
  }
}

/** What git itself refuses in a branch name, and what it would take for an option. */
function branchName(branch: string): string {
  if (/^[-/.]|\.\.|[\s~^:?*[\\]|@\{|\/\/|[/.]$|\.lock$/.test(branch))
    throw refused('branch', 'is not a branch name');
  return branch;
}

function refused(path: string, message: string): CertusError {
  return invalid([{ path, message }]);
}

function notAllowed(): CertusError {
  return new CertusError('source_not_allowed', 'local sources must lie below one of CERTUS_SOURCE_ROOTS');
}
