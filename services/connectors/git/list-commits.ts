import { holds } from '../../git/holds.ts';
import { runGit } from '../../git/run-git.ts';

type Asked = {
  readonly commit: string;
  /** Those that it has in its history were told before. */
  readonly from: string | null;
  readonly at: number;
  readonly limit: number;
  readonly max: number;
};

/** Some of the last commits, the newest first. */
export async function listCommits(
  folder: string,
  { commit, from, at, limit, max }: Asked,
  signal: AbortSignal,
): Promise<string[]> {
  const count = Math.min(limit, max - at);
  if (count <= 0) return [];
  const known = from !== null && (await holds(folder, from, signal)) ? [`^${from}`] : [];
  const listed = await runGit(['rev-list', `--max-count=${count}`, `--skip=${at}`, commit, ...known, '--'], {
    cwd: folder,
    signal,
  });
  return listed.toString('latin1').split('\n').filter(Boolean);
}
