import { GitError, runGit } from './run-git.ts';

/** Whether a repository of ours has a commit. */
export async function holds(folder: string, commit: string, signal: AbortSignal): Promise<boolean> {
  try {
    await runGit(['cat-file', '-e', `${commit}^{commit}`], { cwd: folder, signal });
    return true;
  } catch (error) {
    if (error instanceof GitError) return false;
    throw error;
  }
}
