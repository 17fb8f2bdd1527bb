import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CertusError } from '../../contracts/errors.ts';
import type { ScanCreateRequest } from '../../contracts/scan.ts';
import type { Source } from '../../contracts/workflows.ts';
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
  if (/^(https?|ssh):\/\//i.test(given)) return remoteUrl(given);
  if (isScpLike(given)) return given;
  throw refused('git_url', 'use https://, http://, ssh://, user@host:path or an absolute path');
}

function remoteUrl(given: string): string {
  if (!URL.canParse(given)) throw refused('git_url', 'is not a URL');
  const url = new URL(given);
  const secret = url.password !== '' || (url.protocol !== 'ssh:' && url.username !== '');
  if (secret)
    throw refused('git_url', 'must not hold credentials: configure a credential helper for the worker');
  if (url.search !== '' || url.hash !== '') throw refused('git_url', 'must not have a query or a fragment');
  // git would hand a host, user or path that starts with "-" to ssh, which takes it for an option.
  if ([url.hostname, url.username, url.pathname.slice(1)].some(looksLikeOption))
    throw refused('git_url', 'is not a URL');
  return given;
}

/** `git@example.org:team/project.git`. The helper syntax `ext::command` has two colons and is no such thing. */
function isScpLike(given: string): boolean {
  const parts = /^(?:[A-Za-z0-9_][\w.-]*@)?[A-Za-z0-9][A-Za-z0-9.-]+:([^:@\s][^:@\s]*)$/.exec(given);
  return parts !== null && !looksLikeOption(parts[1] ?? '') && !given.includes('://');
}

function looksLikeOption(part: string): boolean {
  return part.startsWith('-') || part.startsWith('%2d') || part.startsWith('%2D');
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

function isBelow(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
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
