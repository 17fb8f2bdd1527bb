import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CertusError } from '../../contracts/errors.ts';
import { readGitUrl } from '../../contracts/git-url.ts';
import type { ScanCreateRequest } from '../../contracts/scan.ts';
import type { Source } from '../../contracts/workflows.ts';
import type { Settings } from '../../services/config/settings.ts';
import { isBelow } from '../../services/files/allowed-path.ts';
import { invalid } from '../problems.ts';

type SourceFields = Pick<
  ScanCreateRequest,
  | 'source_type'
  | 'git_url'
  | 'branch'
  | 'tag'
  | 'commit'
  | 'submodules'
  | 'directory_path'
  | 'archive_path'
  | 's3_uri'
  | 'oci_reference'
>;

/** What of the outside world sources may come from. */
export type SourcePolicy = Pick<
  Settings,
  'CERTUS_SOURCE_ROOTS' | 'CERTUS_SOURCE_BUCKETS' | 'CERTUS_SOURCE_REGISTRIES'
>;

/** Decides whether Certus may fetch what was asked for; the checkout checks again, on the machine it runs on. */
export async function acceptSource(request: SourceFields, policy: SourcePolicy): Promise<Source> {
  const roots = policy.CERTUS_SOURCE_ROOTS;
  switch (request.source_type) {
    case 'git':
      return {
        type: 'git',
        url: await gitUrl(request.git_url ?? '', roots),
        ...(request.branch === undefined ? {} : { branch: refName('branch', request.branch) }),
        ...(request.tag === undefined ? {} : { tag: refName('tag', request.tag) }),
        ...(request.commit === undefined ? {} : { commit: request.commit }),
        ...(request.submodules === true ? { submodules: true } : {}),
      };
    case 'directory':
      return {
        type: 'directory',
        path: await localPath('directory_path', request.directory_path ?? '', roots),
      };
    case 'archive':
      return uploadedArchive(request.archive_path ?? '');
    case 's3':
      return bucketPrefix(request.s3_uri ?? '', policy.CERTUS_SOURCE_BUCKETS);
    case 'oci':
      return ociReference(request.oci_reference ?? '', policy.CERTUS_SOURCE_REGISTRIES);
  }
}

/** Named by its digest: who does not know the bytes cannot name the upload. */
function uploadedArchive(path: string): Source {
  const [, sha256 = '', name = ''] = path.split('/');
  return { type: 'archive', sha256, name };
}

function bucketPrefix(uri: string, buckets: readonly string[]): Source {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(uri) ?? [];
  if (!buckets.includes(bucket))
    throw new CertusError('source_not_allowed', 'the bucket must be one of CERTUS_SOURCE_BUCKETS');
  if (prefix.split('/').some((part) => part === '.' || part === '..'))
    throw refused('s3_uri', 'is not a prefix of keys');
  return { type: 's3', bucket, prefix };
}

/** `registry/repository:tag` or `registry/repository@sha256:…`; without a tag it is "latest", as everywhere. */
function ociReference(reference: string, registries: readonly string[]): Source {
  const [, registry = '', repository = '', revision] =
    /^([a-z0-9.-]+(?::\d{1,5})?)\/([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(:[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})?$/i.exec(
      reference.replace(/^oci:\/\//, ''),
    ) ?? [];
  if (repository === '') throw refused('oci_reference', 'looks like registry/repository:tag');
  if (!registries.includes(registry))
    throw new CertusError('source_not_allowed', 'the registry must be one of CERTUS_SOURCE_REGISTRIES');
  return { type: 'oci', reference: `${registry}/${repository}${revision ?? ':latest'}` };
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

/** What git itself refuses in the name of a branch or tag, and what it would take for an option. */
function refName(field: 'branch' | 'tag', name: string): string {
  if (/^[-/.]|\.\.|[\s~^:?*[\\]|@\{|\/\/|[/.]$|\.lock$/.test(name))
    throw refused(field, `is not a ${field} name`);
  return name;
}

function refused(path: string, message: string): CertusError {
  return invalid([{ path, message }]);
}

function notAllowed(): CertusError {
  return new CertusError('source_not_allowed', 'local sources must lie below one of CERTUS_SOURCE_ROOTS');
}
