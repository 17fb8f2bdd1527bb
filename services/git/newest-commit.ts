import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CertusError } from '../../contracts/errors.ts';
import { type GitCredentials, noCredentials } from './credentials.ts';
import { allowedRemote, explainGit, type FetchRequest, prepareRepository } from './fetch-commit.ts';
import { GitError, runGit } from './run-git.ts';

type Asked = Pick<FetchRequest, 'url' | 'branch' | 'allowedHosts' | 'allowedRoots' | 'signal'> & {
  readonly credentials?: GitCredentials | undefined;
  /** Where a folder may be made for a moment. */
  readonly workFolder: string;
};

/** Where a branch stands now, or the one that is checked out by default: fetches nothing of it. */
export async function newestCommit(asked: Asked): Promise<string> {
  const { url, branch, credentials = noCredentials, workFolder, signal } = asked;
  const remote = await allowedRemote(asked);
  const reference = branch === undefined ? 'HEAD' : `refs/heads/${branch}`;
  const tooLong = AbortSignal.timeout(PATIENCE_MS);
  const folder = await mkdtemp(join(workFolder, 'ask-'));
  try {
    await prepareRepository(folder, signal);
    const answer = await runGit(['ls-remote', '--quiet', ...remote.options, '--', remote.url, reference], {
      cwd: folder,
      settings: [...remote.settings, 'protocol.version=2'],
      environment: remote.environment,
      credential: credentials(remote.url),
      signal: AbortSignal.any([tooLong, ...(signal === undefined ? [] : [signal])]),
      maxOutput: 1024 * 1024,
    });
    // it takes the name for the end of names
    const line = answer
      .toString('utf8')
      .split('\n')
      .find((each) => each.endsWith(`\t${reference}`));
    const commit = line?.split('\t')[0] ?? '';
    if (COMMIT.test(commit)) return commit;
    throw branch === undefined
      ? new CertusError('repository_has_no_commits', 'the repository has no commits')
      : new CertusError('revision_not_found', `the repository has no branch ${branch}`);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof GitError) throw explainGit(error, { url, branch });
    if (tooLong.aborted)
      throw new CertusError('source_unreachable', 'the repository does not say where it stands');
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const PATIENCE_MS = 120_000;
export const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
