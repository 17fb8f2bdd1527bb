import { READING_FORMATS } from '../../contracts/reading-formats.ts';
import type { Draft } from '../../domain/ingest/draft.ts';
import { indexRecord } from '../../domain/ingest/index-records.ts';
import type { SourceItem } from '../../services/connectors/connector.ts';
import { embedOnce, textOf } from '../../services/embeddings/cached-embeddings.ts';
import type { ItemNature } from '../../services/ingest/item-reader.ts';
import type { ItemRun } from './item-run.ts';
import type { SourceDeps } from './source-deps.ts';

export type Item = SourceItem & { readonly documentId: string; readonly contentHash: string };

/** `refused`: why the index took one of them not; `leftOut`: how many were not to be found by this item. */
export type Written = {
  readonly records: number;
  readonly refused: string | undefined;
  readonly leftOut: number;
};

export const NOTHING_YET: Written = { records: 0, refused: undefined, leftOut: 0 };

/** Puts some drafts of an item into the index, each under an id of its own: written again they are the same records. */
export async function writeDrafts(
  { search, database, embedder, now }: SourceDeps,
  { ingestion, place: { scope }, rules, signal }: ItemRun,
  { documentId, extra = {}, kinds }: Item,
  nature: ItemNature,
  all: readonly Draft[],
): Promise<Written> {
  const drafts = kinds === undefined ? all : all.filter(({ kind }) => kinds.includes(kind));
  const leftOut = all.length - drafts.length;
  if (drafts.length === 0) return { ...NOTHING_YET, leftOut };
  const { sha256, permit_id, test_id, component } = extra;
  const golden = typeof sha256 === 'string' && typeof permit_id === 'string' ? { sha256, permit_id } : null;
  const facts = {
    ...scope,
    ingestionId: ingestion.id,
    sourceId: ingestion.sourceId,
    source: SECURITY_FORMATS.has(nature.format) ? nature.format : ingestion.kind,
    location: nature.location,
    documentId,
    component: ingestion.component ?? (typeof component === 'string' ? component : null),
    testId: typeof test_id === 'string' ? test_id : null,
    labels: ingestion.labels,
    language: nature.language,
    sanitizer: rules,
    golden,
    capturedAt: now().toISOString(),
    extra: { ...said(nature), format: nature.format },
  };
  const records = drafts.map((draft) => indexRecord(draft, facts));
  const vectors =
    embedder && (await embedOnce(database, embedder, scope.tenant, records.map(textOf), signal));
  const documents = records.map((record, at) => ({
    ...record,
    ...(vectors?.[at] === undefined ? {} : { embedding: vectors[at] }),
  }));
  const { indexed, failed } = await search.index(scope, documents, { visible: false });
  return { records: indexed, refused: failed[0]?.reason, leftOut };
}

/** What of its source stands in no field of its own. */
const said = ({ extra }: ItemNature) =>
  Object.fromEntries(Object.entries(extra).filter(([name]) => !FIELDS.has(name)));

const FIELDS: ReadonlySet<string> = new Set(['sha256', 'permit_id', 'test_id', 'component']);

/** What a tool wrote goes by what it is, wherever it came from. */
const SECURITY_FORMATS: ReadonlySet<string> = new Set(
  READING_FORMATS.filter((format) => format !== 'auto' && format !== 'document' && format !== 'jsonpath'),
);
