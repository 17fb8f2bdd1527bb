import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CertusError } from '../../contracts/errors.ts';
import { readGitUrl } from '../../contracts/git-url.ts';
import { GitError, runGit } from './run-git.ts';

/** Path of each submodule → the URL that `.gitmodules` gives for it. Nothing else of that file is read or followed. */
export async function readSubmodules(
  folder: string,
  commit: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const listing = await runGit(
    ['config', '--no-includes', `--blob=${commit}:.gitmodules`, '--null', '--list'],
    { cwd: folder, signal, maxOutput: 1024 * 1024 },
  ).catch((error: unknown) => {
    if (error instanceof GitError) throw refused('.gitmodules cannot be read');
    throw error;
  });
  const values = new Map<string, string>();
  for (const record of listing.toString('utf8').split('\0')) {
    const end = record.indexOf('\n');
    if (end !== -1) values.set(record.slice(0, end), record.slice(end + 1));
  }
  const paths = [...values].flatMap(([key, path]) => {
    const [, name] = /^submodule\.(.*)\.path$/s.exec(key) ?? [];
    const url = values.get(`submodule.${name}.url`);
    return name === undefined || url === undefined ? [] : [[path, url] as const];
  });
  return new Map(paths);
}

/**
 * Where a submodule is fetched from: what is written, or, when that begins with a dot, a place beside its parent. A
 * repository elsewhere does not get to name a folder of this machine, even one that may be scanned.
 */
export function submoduleUrl(parent: string, given: string): string {
  if (/^\.\.?\//.test(given) || given === '..' || given === '.') return beside(parent, given);
  const path = isAbsolute(given) ? given : localPath(given);
  if (path !== undefined) {
    if (isAbsolute(parent)) return path;
    throw refused('a submodule of a remote repository lies on this machine');
  }
  const read = readGitUrl(given);
  if ('problem' in read) throw refused(`the URL of a submodule ${read.problem}`);
  return read.url;
}

function localPath(given: string): string | undefined {
  if (!/^file:\/\//i.test(given)) return undefined;
  try {
    return fileURLToPath(given);
  } catch (error) {
    if (String((error as NodeJS.ErrnoException).code).startsWith('ERR_INVALID_'))
      throw refused('the URL of a submodule is not a file URL with an absolute path');
    throw error;
  }
}

function beside(parent: string, given: string): string {
  if (isAbsolute(parent)) return resolve(parent, given);
  const [, host = '', path = ''] =
    /^([a-z]+:\/\/[^/]+\/)(.*)$/is.exec(parent) ?? /^([^:]+:)(.*)$/s.exec(parent) ?? [];
  const parts = path.split('/').filter((part) => part !== '');
  for (const part of given.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) throw refused('the URL of a submodule leads out of its host');
  }
  const read = readGitUrl(`${host}${parts.join('/')}`);
  if ('problem' in read) throw refused(`the URL of a submodule ${read.problem}`);
  return read.url;
}

const refused = (why: string): CertusError => new CertusError('source_not_allowed', why);
