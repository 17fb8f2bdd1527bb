import { join } from 'node:path';
import { CertusError } from '../../../contracts/errors.ts';
import { treePath } from '../../../services/archive/tree-path.ts';
import { makeFolder } from '../../../services/files/folder.ts';
import { noCredentials, readGitCredentials } from '../../../services/git/credentials.ts';
import { type FetchedCommit, type FetchRequest, fetchCommit } from '../../../services/git/fetch-commit.ts';
import { listTree, type TreeEntry, writeFiles } from '../../../services/git/list-tree.ts';
import { readSubmodules, submoduleUrl } from '../../../services/git/submodules.ts';
import { requireWithin } from '../copy-directory.ts';
import { Skipped } from '../skipped.ts';
import { findLfsPointers } from './lfs-pointers.ts';
import type { Fetching, Origin } from './origin.ts';

/** One commit, and when that is asked for the commits of its submodules, each held to the rules of the first. */
export async function fromGit(fetching: Fetching<'git'>): Promise<Origin> {
  const { source, limits } = fetching;
  const { gitCredentialsFile } = limits;
  const credentials =
    gitCredentialsFile === undefined ? noCredentials : await readGitCredentials(gitCredentialsFile);
  const run: Run = { ...fetching, credentials, skipped: new Skipped(), files: 0, bytes: 0, repositories: 0 };
  const { url, branch, tag, commit } = source;
  const fetched = await fetchInto(run, { url, branch, tag, commit }, '', 0);
  return { ...fetched, originDigest: null, skipped: run.skipped };
}

type Run = Fetching<'git'> &
  Required<Pick<FetchRequest, 'credentials'>> & {
    readonly skipped: Skipped;
    files: number;
    bytes: number;
    repositories: number;
  };

type Wanted = Pick<FetchRequest, 'url' | 'branch' | 'tag' | 'commit'>;

async function fetchInto(run: Run, wanted: Wanted, at: string, depth: number): Promise<FetchedCommit> {
  const { draft, tree, limits, signal } = run;
  const repository = join(draft, `repository-${run.repositories}`);
  run.repositories += 1;
  const fetched = await fetchCommit({
    folder: repository,
    ...wanted,
    allowedHosts: limits.gitHosts,
    allowedRoots: limits.roots,
    credentials: run.credentials,
    maxBytes: limits.maxBytes,
    signal,
  });
  const entries = await listTree(repository, fetched.commit, limits.maxFiles - run.files, signal);
  const files = chosen(run, entries, at);
  const target = join(tree, at);
  await writeFiles(
    repository,
    fetched.commit,
    files.map(({ path }) => path),
    target,
    signal,
  );
  for (const path of await findLfsPointers(target, files)) run.skipped.add('lfs_pointer', below(at, path));
  const submodules = entries.filter(({ kind }) => kind === 'submodule');
  if (run.source.submodules !== true)
    for (const { path } of submodules) run.skipped.add('submodule', below(at, path));
  else
    await fetchSubmodules(run, { repository, commit: fetched.commit, url: wanted.url }, entries, at, depth);
  return fetched;
}

function chosen(run: Run, entries: readonly TreeEntry[], at: string): TreeEntry[] {
  const files: TreeEntry[] = [];
  for (const entry of entries) {
    if (entry.kind === 'submodule') continue;
    if (entry.kind !== 'file') run.skipped.add(entry.kind, below(at, entry.path));
    else if (entry.size > run.limits.maxFileBytes) run.skipped.add('file_too_large', below(at, entry.path));
    else {
      files.push(entry);
      run.files += 1;
      run.bytes += entry.size;
    }
  }
  requireWithin(run.limits, run.files, run.bytes);
  return files;
}

type Parent = { readonly repository: string; readonly commit: string; readonly url: string };

async function fetchSubmodules(
  run: Run,
  parent: Parent,
  entries: readonly TreeEntry[],
  at: string,
  depth: number,
): Promise<void> {
  const submodules = entries.filter(({ kind }) => kind === 'submodule');
  if (submodules.length === 0) return;
  const described = entries.some(({ kind, path }) => kind === 'file' && path === '.gitmodules');
  const urls = described
    ? await readSubmodules(parent.repository, parent.commit, run.signal)
    : new Map<string, string>();
  for (const { path, commit } of submodules) {
    const where = below(at, path);
    const url = urls.get(path);
    if (url === undefined) {
      run.skipped.add('submodule_unknown', where);
      continue;
    }
    if (depth >= MAX_DEPTH || run.repositories > MAX_SUBMODULES)
      throw new CertusError(
        'source_too_large',
        `there are more than ${MAX_SUBMODULES} submodules, or ${MAX_DEPTH} in each other`,
      );
    const place = treePath(where);
    if (typeof place === 'string' || !('path' in place) || place.path !== where)
      throw new CertusError('source_not_allowed', 'a submodule has a path that leads elsewhere');
    await makeFolder(run.tree, where.split('/'));
    await fetchInto(run, { url: submoduleUrl(parent.url, url), commit }, where, depth + 1);
  }
}

const MAX_DEPTH = 4;
const MAX_SUBMODULES = 100;

const below = (at: string, path: string): string => (at === '' ? path : `${at}/${path}`);
