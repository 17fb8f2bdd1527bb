import { hash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { z } from 'zod';
import { CertusError } from '../../../contracts/errors.ts';
import { isFileError } from '../../files/failure.ts';
import { COMMIT } from '../../git/newest-commit.ts';
import type { Connector, SourceItem, SourcePage } from '../connector.ts';
import { readCheckpoint, readCursor } from '../cursor.ts';
import type { ConnectorDeps, Reader } from '../deps.ts';
import { chosenBy } from '../globs.ts';
import { isTextLike } from '../text-like.ts';
import type { CloneAsked } from './clones.ts';
import { commitText } from './commit-text.ts';
import { listCommits } from './list-commits.ts';
import { isPointer, PageBlobs } from './page-blobs.ts';
import { type GitSource, shownUrl, treePage } from './tree-page.ts';

/**
 * The files of a branch, and when that is asked for what its commits say. Next time only what has changed since: a history that
 * was rewritten, so that the commit of the last time is nowhere, begins anew. All pages are of one commit, whoever reads them.
 */
export function openGit(
  source: GitSource,
  { scope, deps }: Pick<Reader, 'scope'> & { readonly deps: Pick<ConnectorDeps, 'git'> },
): Connector {
  const { url, branch, history } = source;
  const { clones, listings, maxFiles } = deps.git;
  const isChosen = chosenBy(source, isTextLike);
  const blobs = new PageBlobs();
  const used = new Set<string>();
  let done: string | undefined;

  const asked = (commit: string, commits: number): CloneAsked => ({
    ...{ scope, url, branch, commit },
    history: commits,
  });

  const open = async (commit: string, commits: number, signal: AbortSignal): Promise<string> => {
    const folder = await clones.open(asked(commit, commits), signal);
    used.add(folder);
    return folder;
  };

  const begin = async (checkpoint: SourcePage['checkpoint'], signal: AbortSignal): Promise<Cursor> => {
    const commit = await clones.newest({ url, branch }, signal);
    const last = readCheckpoint(Checkpoint, checkpoint);
    const from = last?.meant === meantBy(source) ? last.commit : null;
    return { commit, from, phase: 'files', at: 0 };
  };

  const filesPage = async (cursor: Cursor, limit: number, signal: AbortSignal): Promise<SourcePage> => {
    const { commit, from } = cursor;
    const folder = await open(commit, 0, signal);
    const isKnown = from === null || (await clones.add(folder, url, from, signal));
    const since = isKnown ? from : null;
    const place = { source, commit, folder, isChosen, listings, maxFiles };
    const part = { from: since, at: cursor.at, limit };
    const { blobs: listed, next, ...page } = await treePage(place, part, signal);
    blobs.expect(folder, listed);
    if (next !== null) return { ...page, cursor: { ...cursor, from: since, at: next }, checkpoint: null };
    if (history > 0)
      return { ...page, cursor: { ...cursor, from: since, phase: 'commits', at: 0 }, checkpoint: null };
    return { ...page, ...ending(commit, since) };
  };

  const commitsPage = async (
    { commit, from, at }: Cursor,
    limit: number,
    signal: AbortSignal,
  ): Promise<SourcePage> => {
    const folder = await open(commit, history, signal);
    const commits = await listCommits(folder, { commit, from, at, limit, max: history }, signal);
    const page = { items: commits.map((id) => commitItem(source, id, commit)), gone: [], lost: [] };
    if (commits.length === limit)
      return { ...page, cursor: { commit, from, phase: 'commits', at: at + limit }, checkpoint: null };
    return { ...page, ...ending(commit, from) };
  };

  const ending = (commit: string, from: string | null) => {
    done = commit;
    return { cursor: null, checkpoint: { commit, meant: meantBy(source) }, listedAll: from === null };
  };

  return {
    listsAll: false,
    page: async ({ cursor, checkpoint, limit, signal }) => {
      const at = cursor === null ? await begin(checkpoint, signal) : readCursor(Cursor, cursor, FAR);
      if (at.from === at.commit) return { items: [], gone: [], lost: [], ...ending(at.commit, at.from) };
      const page = at.phase === 'files' ? filesPage : commitsPage;
      return whileThere(used, () => page(at, limit, signal));
    },
    fetch: async (item, { known, maxBytes, signal }) => {
      const { key, version, size } = item;
      if (known === version) return null;
      if (size !== null && size > maxBytes)
        throw new CertusError('item_too_large', `it is larger than ${maxBytes} bytes`);
      const commit = commitOf(item);
      if (key === `${COMMIT_KEY}${version}`)
        return whileThere(used, async () => {
          const folder = await open(commit, history, signal);
          return {
            bytes: await commitText(folder, objectOf(version), { maxBytes, signal }),
            mediaType: 'text/plain',
          };
        });
      const bytes = await whileThere(used, async () => {
        const folder = await open(commit, 0, signal);
        return blobs.read(folder, objectOf(version), { maxBytes, signal });
      });
      if (isPointer(bytes))
        throw new CertusError('content_elsewhere', 'the repository only says where Git LFS keeps it');
      return { bytes, mediaType: null };
    },
    close: async () => {
      blobs.forget();
      if (done === undefined) return;
      await clones.drop(asked(done, 0));
      if (history > 0) await clones.drop(asked(done, history));
    },
  };
}

const Commit = z.string().regex(COMMIT);
const Cursor = z.object({
  commit: Commit,
  /** What was indexed the last time; null when all is listed. */
  from: Commit.nullable(),
  phase: z.enum(['files', 'commits']),
  at: z.number().int().min(0),
});
type Cursor = z.infer<typeof Cursor>;
const FAR: Cursor = { commit: '', from: null, phase: 'files', at: 0 };

/** What the source was asked for when it was last read: asked for anything else it is listed anew. */
const Checkpoint = z.object({ commit: Commit, meant: z.string() });
const meantBy = (source: GitSource): string => hash('sha256', JSON.stringify(source)).slice(0, 32);

const COMMIT_KEY = 'commit/';

const commitItem = ({ url }: GitSource, id: string, of: string): SourceItem => ({
  key: `${COMMIT_KEY}${id}`,
  version: id,
  size: null,
  name: `${id}.txt`,
  location: `${shownUrl(url)}@${id}`,
  extra: { commit: of },
});

/** An item may come from a row: what goes to git from there are digests. */
const commitOf = ({ extra }: SourceItem): string => objectOf(String(extra?.commit ?? ''));

function objectOf(text: string): string {
  if (COMMIT.test(text)) return text;
  throw new CertusError('item_gone', 'it is no object of a repository');
}

/** Clones may vanish at any moment: whoever asks again gets a new one. */
async function whileThere<T>(folders: ReadonlySet<string>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    for (const folder of folders)
      await access(folder).catch((gone: unknown) => {
        if (!isFileError(gone, 'ENOENT')) throw gone;
        throw new CertusError('dependency_unavailable', 'the clone was cleared away', { cause: error });
      });
    throw error;
  }
}
