import type { IngestionSource } from '../../../contracts/ingestion.ts';
import type { LostItem, SourceItem, SourcePage } from '../connector.ts';
import { nameFault, oddName, shown } from '../names.ts';
import { blobSizes } from './blobs.ts';
import { type Change, listChanges } from './changes.ts';
import type { Listings } from './listings.ts';

export type GitSource = Extract<IngestionSource, { kind: 'git' }>;

export type TreePlace = {
  readonly source: GitSource;
  readonly commit: string;
  readonly folder: string;
  readonly isChosen: (path: string) => boolean;
  readonly listings: Listings;
  readonly maxFiles: number;
};

export type ListedBlob = { readonly blob: string; readonly size: number };

export type TreePage = Pick<SourcePage, 'items' | 'gone' | 'lost'> & {
  readonly blobs: readonly ListedBlob[];
  readonly next: number | null;
};

/** One page of what is in a commit, or is another than it was. What is none of its files any more is gone. */
export async function treePage(
  place: TreePlace,
  { from, at, limit }: { readonly from: string | null; readonly at: number; readonly limit: number },
  signal: AbortSignal,
): Promise<TreePage> {
  const { folder, commit, source } = place;
  const key = JSON.stringify([folder, from, source]);
  const changes = await place.listings.get(key, async () =>
    (await listChanges(folder, { from, to: commit, max: place.maxFiles }, signal)).filter(({ path }) =>
      place.isChosen(path),
    ),
  );
  const slice = changes.slice(at, at + limit);
  const sizes = await blobSizes(folder, slice.flatMap(blobOf), signal);
  const judged = slice.map((change) => judge(place, change, sizes));
  return {
    items: judged.flatMap(({ item }) => item ?? []),
    lost: judged.flatMap(({ lost }) => lost ?? []),
    gone: from === null ? [] : judged.flatMap(({ item, path }) => (item === undefined ? [path] : [])),
    blobs: judged.flatMap(({ item, blob }) => (item === undefined ? [] : (blob ?? []))),
    next: at + slice.length < changes.length ? at + slice.length : null,
  };
}

const blobOf = ({ now }: Change): string[] => (now?.kind === 'file' ? [now.blob] : []);

type Judged = {
  readonly path: string;
  readonly item?: SourceItem;
  readonly blob?: ListedBlob;
  readonly lost?: LostItem;
};

function judge(place: TreePlace, { path, now }: Change, sizes: ReadonlyMap<string, number>): Judged {
  if (now === null) return { path };
  const lost = (code: string, message: string) => ({ path, lost: { key: shown(path), code, message } });
  // it is the place of bytes that are no text: several of them would be one name
  if (path.includes('\ufffd')) return lost('name_not_text', 'its name is not UTF-8');
  if (nameFault(path) !== undefined) return { path, lost: oddName(path) };
  if (now.kind === 'symlink') return lost('symlink', 'links are not followed');
  if (now.kind === 'submodule') return lost('submodule', 'submodules are not followed: make one a source');
  const size = sizes.get(now.blob);
  if (size === undefined) return lost('item_gone', 'the repository does not have what it should hold');
  const most = place.source.max_file_size_kb * 1024;
  if (size > most) return lost('item_too_large', `it is larger than ${most} bytes`);
  return { path, item: itemOf(place, path, now.blob, size), blob: { blob: now.blob, size } };
}

const itemOf = ({ source, commit }: TreePlace, path: string, blob: string, size: number): SourceItem => ({
  key: path,
  version: blob,
  size,
  name: path.split('/').at(-1) ?? path,
  location: `${shownUrl(source.url)}@${commit}:${path}`,
  extra: { commit, ...(source.branch === undefined ? {} : { branch: source.branch }) },
});

/** Who it is that may log in there is nobody's business. */
export const shownUrl = (url: string): string => url.replace(/\/\/[^@/]*@/, '//');
