import type { Scope } from '../../contracts/identifiers.ts';
import {
  forgetItems,
  knownItems,
  type Origin,
  recordItems,
  unseenItems,
} from '../../services/database/ingested-items.ts';
import { findIngestion, type IngestionRecord } from '../../services/database/ingestions.ts';
import { FILTER_VALUES } from './record-items.ts';
import type { SourceDeps } from './source-deps.ts';
import { together } from './together.ts';

type Deps = Pick<SourceDeps, 'search' | 'database' | 'now'>;

/**
 * What is being written of items, where a source may give other bytes each time that it is asked. An attempt that breaks off between
 * writing an item and recording it leaves a document that nobody knows; the next one takes it out.
 */
export type UnderWay = {
  /** Before anything of it is written. */
  readonly begin: (key: string, documentId: string) => Promise<void>;
  /** Once it is recorded, or never will be. */
  readonly end: (key: string) => Promise<void>;
};

const NOTHING: UnderWay = { begin: async () => undefined, end: async () => undefined };
/** What the others give has a digest in its name. */
const MOVING: ReadonlySet<string> = new Set(['web', 'web_crawl', 's3']);

export async function openUnderWay(
  deps: Deps,
  { place, ingestion: { id, kind } }: { readonly place: Origin; readonly ingestion: IngestionRecord },
  keys: readonly string[],
): Promise<UnderWay> {
  if (!MOVING.has(kind)) return NOTHING;
  const { search, database, now } = deps;
  const beside = besideOf(place);
  const left = await leftOf(deps, place.scope, id, await knownItems(database, beside, keys));
  const recorded = await knownItems(database, place, [...left.keys()]);
  const begun = together<{ readonly key: string; readonly documentId: string }>(FILTER_VALUES, (items) =>
    recordItems(
      database,
      beside,
      items.map((item) => ({ ...EMPTY, ...item, ingestionId: id, seenBy: id })),
      now(),
    ),
  );
  const ended = together<string>(FILTER_VALUES, async (some) => {
    const recorded = await knownItems(database, place, some);
    const stale = some.flatMap((key) =>
      (left.get(key) ?? []).filter((documentId) => documentId !== recorded.get(key)?.documentId),
    );
    if (stale.length > 0) await search.remove(place.scope, { document_id: stale });
    await forgetItems(database, beside, some);
  });
  return {
    begin: async (key, documentId) => {
      // its row names one only: an earlier one would be forgotten by the row, and not by the index
      const all = left.get(key) ?? [];
      const before = all.filter((one) => one !== documentId && one !== recorded.get(key)?.documentId);
      if (before.length > 0) await search.remove(place.scope, { document_id: before });
      left.set(key, [...all.filter((one) => !before.includes(one)), documentId]);
      await begun({ key, documentId });
    },
    end: async (key) => {
      if (left.has(key)) await ended(key);
    },
  };
}

/** Takes out what was begun and come back to by nobody: its item is named no more. */
export async function removeLeft(
  { search, database }: Pick<SourceDeps, 'search' | 'database'>,
  place: Origin,
  { kind, startedAt: since }: Pick<IngestionRecord, 'kind' | 'startedAt'>,
  signal: AbortSignal,
): Promise<void> {
  if (!MOVING.has(kind)) return;
  const beside = besideOf(place);
  for (;;) {
    signal.throwIfAborted();
    const rows = await unseenItems(database, beside, { seenBy: '', since }, FILTER_VALUES);
    if (rows.length === 0) return;
    const keys = rows.map(({ key }) => key);
    const recorded = await knownItems(database, place, keys);
    const stale = rows.filter(({ key, documentId }) => recorded.get(key)?.documentId !== documentId);
    if (stale.length > 0)
      await search.remove(place.scope, { document_id: stale.map(({ documentId }) => documentId) });
    await forgetItems(database, beside, keys);
  }
}

const EMPTY = { version: '', contentHash: '', rules: '', records: 0, bytes: 0 } as const;

/** Under a name that no source has. */
const besideOf = ({ scope, origin }: Origin): Origin => ({ scope, origin: `${origin} under way` });

/** By this run, or by one that has ended: what another one writes right now is not ours to take away. */
async function leftOf(
  { database }: Deps,
  scope: Scope,
  own: string,
  rows: Awaited<ReturnType<typeof knownItems>>,
): Promise<Map<string, string[]>> {
  const isOver = new Map([[own, true]]);
  const left = new Map<string, string[]>();
  for (const { key, documentId, ingestionId } of rows.values()) {
    if (!isOver.has(ingestionId))
      isOver.set(ingestionId, (await findIngestion(database, scope, ingestionId))?.endedAt !== null);
    if (isOver.get(ingestionId)) left.set(key, [documentId]);
  }
  return left;
}
