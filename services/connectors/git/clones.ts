import { hash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CertusError } from '../../../contracts/errors.ts';
import type { Scope } from '../../../contracts/identifiers.ts';
import { isFileError, onDisk } from '../../files/failure.ts';
import { type GitCredentials, noCredentials, readGitCredentials } from '../../git/credentials.ts';
import { fetchCommit } from '../../git/fetch-commit.ts';
import { holds } from '../../git/holds.ts';
import { newestCommit } from '../../git/newest-commit.ts';

export type GitAccess = {
  /** Folders below which local repositories may be read. */
  readonly roots: readonly string[];
  readonly hosts: readonly string[];
  /** Has a line for each git host that wants a credential. */
  readonly credentialsFile: string | undefined;
  readonly maxBytes: number;
  readonly maxFiles: number;
};

export type CloneAsked = {
  readonly scope: Scope;
  readonly url: string;
  readonly branch: string | undefined;
  readonly commit: string;
  /** How many commits, and of these what they changed and not what the files held; 0 for the files of the commit. */
  readonly history: number;
};

/** Clones on this machine: whatever of them is missing, a worker makes anew. */
export interface Clones {
  newest(asked: Pick<CloneAsked, 'url' | 'branch'>, signal: AbortSignal): Promise<string>;
  /** The folder of a clone. Throws `source_changed` when the repository does not give this commit any more. */
  open(asked: CloneAsked, signal: AbortSignal): Promise<string>;
  /** Has it hold another commit as well; false when the repository does not have it. */
  add(folder: string, url: string, commit: string, signal: AbortSignal): Promise<boolean>;
  drop(asked: CloneAsked): Promise<void>;
}

export function openClones(workFolder: string, access: GitAccess, now: () => Date): Clones {
  const fetching = async (url: string) => ({
    url,
    allowedHosts: access.hosts,
    allowedRoots: access.roots,
    credentials: await credentialsOf(access),
    maxBytes: access.maxBytes,
    // nothing is ever checked out: an odd name is told of its file, and costs nobody the repository
    settings: ['fetch.fsckObjects=false', 'fetch.unpackLimit=1'],
  });
  return {
    newest: async ({ url, branch }, signal) => {
      await onDisk('make the folder for clones', () => mkdir(workFolder, { recursive: true }));
      return newestCommit({ ...(await fetching(url)), branch, workFolder, signal });
    },
    open: async (asked, signal) => {
      await onDisk('make the folder for clones', () => mkdir(workFolder, { recursive: true }));
      const folder = join(workFolder, nameOf(asked));
      if (await touched(folder, now())) return folder;
      await sweep(workFolder, now());
      const draft = await mkdtemp(join(workFolder, 'draft-'));
      try {
        await clone(await fetching(asked.url), asked, draft, signal);
        await writeFile(join(draft, READY), '');
        await settle(draft, folder);
        return folder;
      } finally {
        await rm(draft, { recursive: true, force: true });
      }
    },
    add: async (folder, url, commit, signal) => {
      if (await holds(folder, commit, signal)) return true;
      try {
        await fetchCommit({ ...(await fetching(url)), folder, commit, again: true, signal });
        return true;
      } catch (error) {
        if (error instanceof CertusError && error.code === 'revision_not_found') return false;
        throw error;
      }
    },
    drop: (asked) => rm(join(workFolder, nameOf(asked)), { recursive: true, force: true }),
  };
}

type Fetching = Omit<Parameters<typeof fetchCommit>[0], 'folder' | 'signal'>;

/** Not every server gives a commit by its id; its branch it gives, and that is the same while nothing was pushed. */
async function clone(
  fetching: Fetching,
  { branch, commit, history }: CloneAsked,
  draft: string,
  signal: AbortSignal,
): Promise<void> {
  const how = history === 0 ? {} : { depth: history, withoutFiles: true };
  const byId = await fetchCommit({ ...fetching, ...how, folder: draft, commit, signal }).catch(
    (error: unknown) => {
      if (error instanceof CertusError && error.code === 'revision_not_found') return undefined;
      throw error;
    },
  );
  const fetched =
    byId ?? (await fetchCommit({ ...fetching, ...how, folder: draft, branch, again: true, signal }));
  if (fetched.commit !== commit)
    throw new CertusError('source_changed', `the repository does not give the commit ${commit} any more`);
  if (history > 0) await forgetPromises(draft);
}

/** What was left out would be fetched as soon as anything looks at it, by rules that are not ours. */
async function forgetPromises(folder: string): Promise<void> {
  const file = join(folder, 'config');
  const config = await readFile(file, 'utf8');
  const sections = config.split(/^(?=\[)/m);
  await writeFile(file, sections.filter((section) => section.startsWith('[core]')).join(''));
}

/** Whoever was first has the same. */
async function settle(draft: string, folder: string): Promise<void> {
  try {
    await rename(draft, folder);
  } catch (error) {
    if (!isFileError(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  }
}

/** Tenants share no clone: who may read a repository is nothing that one tells the other. */
const nameOf = ({ scope, url, commit, history }: CloneAsked): string =>
  `clone-${hash('sha256', JSON.stringify([scope.tenant, scope.workspace, url, commit, history])).slice(0, 32)}`;

const READY = 'certus-ready';

async function touched(folder: string, at: Date): Promise<boolean> {
  try {
    await utimes(join(folder, READY), at, at);
    return true;
  } catch (error) {
    if (isFileError(error, 'ENOENT')) return false;
    throw error;
  }
}

/** What crashed workers, and ingestions that ended half way, have left. */
async function sweep(workFolder: string, at: Date): Promise<void> {
  for (const name of await readdir(workFolder)) {
    if (!/^(?:clone|draft|ask)-/.test(name)) continue;
    const folder = join(workFolder, name);
    const used = (await timeOf(join(folder, READY))) ?? (await timeOf(folder));
    if (used !== undefined && at.getTime() - used > UNUSED_MS)
      await rm(folder, { recursive: true, force: true });
  }
}

const UNUSED_MS = 6 * 60 * 60_000;

async function timeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (isFileError(error, 'ENOENT')) return undefined;
    throw error;
  }
}

const credentialsOf = async ({ credentialsFile }: GitAccess): Promise<GitCredentials> =>
  credentialsFile === undefined
    ? noCredentials
    : readGitCredentials(credentialsFile, 'CERTUS_INGEST_GIT_CREDENTIALS_FILE');
