import {
  type IngestedItem,
  knownItems,
  type Origin,
  recordItems,
} from '../../services/database/ingested-items.ts';
import type { SourceDeps } from './source-deps.ts';
import { together } from './together.ts';

/** Of so many values at once a filter may be. */
export const FILTER_VALUES = 50;

/**
 * Writes down what is in the index of items, some of them at a time, and takes what was there of them before out of it. First the
 * new, then the old: between the two something is found twice, and never not at all.
 */
export const itemRecorder = (
  { search, database, now }: Pick<SourceDeps, 'search' | 'database' | 'now'>,
  place: Origin,
): ((item: IngestedItem) => Promise<void>) =>
  together(FILTER_VALUES, async (items) => {
    // as it is now: another ingestion of the source may have written since the page was begun
    const known = await knownItems(
      database,
      place,
      items.map(({ key }) => key),
    );
    for (const stale of staleOf(items, known).values()) await search.remove(place.scope, stale);
    await recordItems(database, place, items, now());
  });

type Stale = { readonly document_id: string[]; readonly ingestion_id?: [string] };

/** A document that was read anew with other rules has kept its name: of it goes what the earlier ingestion has left. */
function staleOf(
  items: readonly IngestedItem[],
  known: ReadonlyMap<string, IngestedItem>,
): ReadonlyMap<string, Stale> {
  const stale = new Map<string, Stale>();
  for (const { key, documentId, ingestionId } of items) {
    const before = known.get(key);
    if (before === undefined) continue;
    const isSame = before.documentId === documentId;
    if (isSame && before.ingestionId === ingestionId) continue;
    const of = isSame ? before.ingestionId : '';
    const filter = stale.get(of) ?? { document_id: [], ...(isSame ? { ingestion_id: [of] } : {}) };
    filter.document_id.push(before.documentId);
    stale.set(of, filter as Stale);
  }
  return stale;
}
