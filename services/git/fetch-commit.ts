import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { CertusError } from '../../contracts/errors.ts';
import { type GitCredentials, noCredentials } from './credentials.ts';
import { localRepository } from './local-repository.ts';
import { checkRemote } from './remote.ts';
import { GitError, runGit } from './run-git.ts';

export type FetchRequest = {
  /** An empty folder for the bare repository. */
  readonly folder: string;
  readonly url: string;
  readonly branch?: string | undefined;
  readonly tag?: string | undefined;
  readonly commit?: string | undefined;
  readonly allowedHosts: readonly string[];
  /** Folders below which local repositories may be read. */
  readonly allowedRoots: readonly string[];
  readonly credentials?: GitCredentials | undefined;
  readonly maxBytes: number;
  readonly maxMilliseconds?: number;
  /** How much of its history comes with it; 1 when not given. */
  readonly depth?: number;
  /** Without what the files hold, where the other side can leave it out. */
  readonly withoutFiles?: boolean;
  /** The folder is a repository of ours already, and is to hold this commit as well. */
  readonly again?: boolean;
  /** `-c` settings that stand above those of every fetch. */
  readonly settings?: readonly string[];
  readonly signal?: AbortSignal | undefined;
};

type Wanted = Pick<FetchRequest, 'url' | 'branch' | 'tag' | 'commit'>;

export type FetchedCommit = {
  readonly commit: string;
  readonly branch: string | null;
  readonly tag: string | null;
};

/** Fetches one commit, and of its history no more than was asked for, into a bare repository of our own. */
export async function fetchCommit(request: FetchRequest): Promise<FetchedCommit> {
  const { folder, branch, tag, credentials = noCredentials } = request;
  const remote = await allowedRemote(request);
  if (request.again !== true) await prepareRepository(folder, request.signal);
  const limit = limitFetch(join(folder, 'objects', 'pack'), request);
  try {
    await runGit([...fetchArguments(request), ...remote.options, '--', remote.url, referenceOf(request)], {
      cwd: folder,
      settings: [...remote.settings, ...SETTINGS, ...(request.settings ?? [])],
      environment: remote.environment,
      credential: credentials(remote.url),
      signal: limit.signal,
    });
  } catch (error) {
    limit.rethrow();
    if (error instanceof GitError) throw explainGit(error, request);
    throw error;
  } finally {
    limit.stop();
  }
  const fetched = await runGit(['rev-parse', '--verify', 'FETCH_HEAD^{commit}'], {
    cwd: folder,
    signal: request.signal,
  });
  return { commit: fetched.toString().trim(), branch: branch ?? null, tag: tag ?? null };
}

/** In full, so that a branch never passes for a tag of its name, nor anything for an option. */
function referenceOf({ branch, tag, commit }: FetchRequest): string {
  if (commit !== undefined) return commit;
  if (tag !== undefined) return `refs/tags/${tag}`;
  return branch === undefined ? 'HEAD' : `refs/heads/${branch}`;
}

const fetchArguments = ({ depth = 1, withoutFiles = false }: FetchRequest): string[] => [
  ...['fetch', '--quiet', `--depth=${depth}`, '--no-tags', '--no-recurse-submodules'],
  ...(withoutFiles ? ['--filter=blob:none'] : []),
];

/** Where git is sent, once it is clear that it may go there. */
export async function allowedRemote({
  url,
  allowedHosts,
  allowedRoots,
}: Pick<FetchRequest, 'url' | 'allowedHosts' | 'allowedRoots'>) {
  if (!isAbsolute(url)) return { ...(await checkRemote(url, allowedHosts)), options: [] };
  // strict: git must not look for a repository in and beside the folder that was checked
  const options = ['--upload-pack=git-upload-pack --strict'];
  return { url: await localRepository(url, allowedRoots), settings: [], environment: {}, options };
}

/** `fsckObjects` also makes a fetch of few objects go through a pack, whose size can be watched while it arrives. */
const SETTINGS = ['protocol.version=2', 'fetch.fsckObjects=true', 'gc.auto=0'];

/** An empty bare repository of ours, which looks for its configuration nowhere else. */
export async function prepareRepository(folder: string, signal: AbortSignal | undefined): Promise<void> {
  await mkdir(folder, { recursive: true });
  // the allowed roots decide which folders may be read, not who owns them
  await writeFile(join(folder, 'gitconfig'), '[safe]\n\tdirectory = *\n[init]\n\tdefaultBranch = main\n');
  // our own attributes outrank those in the tree: what is scanned are the bytes that were committed
  await mkdir(join(folder, 'info'));
  await writeFile(join(folder, 'info', 'attributes'), '* -text -ident !eol !filter !working-tree-encoding\n');
  await runGit(['init', '--quiet', '--bare', '--template=', '.'], { cwd: folder, signal });
}

/** What git tells a person, told as one of our codes. */
export function explainGit({ stderr, message }: GitError, request: Wanted): CertusError {
  const { url } = request;
  const shown = isAbsolute(url) ? url : url.replace(/\/\/[^@/]*@/, '//');
  if (/couldn't find remote ref HEAD|no commits yet/i.test(stderr)) {
    return new CertusError('repository_has_no_commits', `${shown} has no commits`);
  }
  if (/couldn't find remote ref|invalid refspec|not our ref|unadvertised object/i.test(stderr)) {
    return new CertusError('revision_not_found', `${shown} has no ${wantedIn(request)}`);
  }
  if (
    isAbsolute(url) ||
    /not a git repository|repository .* not found|does not appear to be a git repository/i.test(stderr)
  ) {
    return new CertusError('not_a_repository', `${shown} is not a git repository`, { cause: message });
  }
  return new CertusError('source_unreachable', `${shown} cannot be fetched: ${lastLine(stderr)}`);
}

function wantedIn({ branch, tag, commit }: Wanted): string {
  if (commit !== undefined) return `commit ${commit}`;
  return tag === undefined ? `branch ${branch ?? ''}` : `tag ${tag}`;
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.slice(0, 300) ?? '';

const MAX_MILLISECONDS = 20 * 60_000;

/** git has no limits of its own for what it fetches: a remote that sends, or keeps git busy, without end is cut off. */
function limitFetch(folder: string, { url, maxBytes, maxMilliseconds, signal }: FetchRequest) {
  const tooLarge = new AbortController();
  const tooLong = AbortSignal.timeout(maxMilliseconds ?? MAX_MILLISECONDS);
  const timer = setInterval(() => {
    void sizeOf(folder).then((size) => {
      if (size > maxBytes) tooLarge.abort();
    });
  }, 500);
  return {
    signal: AbortSignal.any([tooLarge.signal, tooLong, ...(signal === undefined ? [] : [signal])]),
    rethrow: () => {
      signal?.throwIfAborted();
      if (tooLarge.signal.aborted)
        throw new CertusError('source_too_large', `the repository is larger than ${maxBytes} bytes`);
      if (tooLong.aborted) throw new CertusError('source_unreachable', `${url} takes too long to fetch`);
    },
    stop: () => clearInterval(timer),
  };
}

async function sizeOf(folder: string): Promise<number> {
  let size = 0;
  for (const name of await readdir(folder).catch(() => [])) {
    size += await stat(join(folder, name)).then(
      (info) => info.size,
      () => 0,
    );
  }
  return size;
}
