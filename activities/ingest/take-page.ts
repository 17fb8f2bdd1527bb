import pMap from 'p-map';
import { CertusError } from '../../contracts/errors.ts';
import type { IngestionInput, IngestionProgress } from '../../contracts/ingestion.ts';
import { originOf } from '../../domain/ingest/origin.ts';
import type { SourceItem, SourcePage } from '../../services/connectors/connector.ts';
import { recordFailedItem, setAsideAmong } from '../../services/database/failed-items.ts';
import { forgetItems, knownItems, markSeen } from '../../services/database/ingested-items.ts';
import { findIngestion, type IngestionRecord, recordPage } from '../../services/database/ingestions.ts';
import { policyInForce } from '../../services/privacy/policy-in-force.ts';
import { ByteRoom } from '../documents/byte-room.ts';
import { sourceOf } from './forget-removed.ts';
import type { ItemRun } from './item-run.ts';
import { type Checkpoint, checkpointFor, isListed, type Listed } from './listed.ts';
import { nameKeyFor } from './name-key.ts';
import { FILTER_VALUES, itemRecorder } from './record-items.ts';
import type { SourceDeps } from './source-deps.ts';
import { type ItemEnd, takeItem } from './take-item.ts';

/** So few that many sources get their turn, one page after the other, and that little is done again after a crash. */
const PAGE_ITEMS = 200;
/** The index brings together what is written at the same time, and the room bounds what is in memory. */
const SIDE_BY_SIDE = 32;
const BYTES_IN_FLIGHT = 64 * 1024 * 1024;
/** Of an item whose size nobody knows before it is there. */
const UNKNOWN_SIZE = 4 * 1024 * 1024;

export type PageTaken = { readonly progress: IngestionProgress; readonly more: boolean };

/**
 * Takes the next page of a source into the index. What it has come to is on the row of the ingestion together with where the
 * next page begins: a page that is taken again, because the word that it was done got lost, is not.
 */
export async function takePage(
  deps: SourceDeps,
  { scope, ingestionId }: IngestionInput,
  pages: number,
  { signal, attempt }: { readonly signal: AbortSignal; readonly attempt: number },
): Promise<PageTaken> {
  const run = await requireRunning(deps, { scope, ingestionId });
  if (run.pages > pages) return { progress: run.progress, more: !isListed(run.cursor) };
  const source = await sourceOf(deps, run);
  const { policy } = await policyInForce(deps, scope);
  const nameKey = nameKeyFor(deps, scope.tenant, policy);
  const rules = deps.reader.rulesFor(policy, nameKey);
  const connector = await deps.connect(run.config, scope);
  try {
    await deps.search.ensure();
    const asked = {
      cursor: run.cursor as SourcePage['cursor'],
      checkpoint: checkpointFor(rules, source?.checkpoint),
    };
    const page = await reached(() => connector.page({ ...asked, limit: PAGE_ITEMS, signal }), attempt);
    const ends = await takeItems(deps, { ingestion: run, connector, policy, nameKey, rules, signal }, page);
    const progress = counted(run.progress, ends);
    const all = page.listedAll ?? connector.listsAll;
    const checkpoint: Checkpoint = { rules, at: page.checkpoint };
    const cursor = page.cursor ?? ({ listed: true, all, checkpoint } satisfies Listed);
    await recordPage(deps.database, scope, ingestionId, { pages, cursor, progress });
    return { progress, more: page.cursor !== null };
  } finally {
    await connector.close();
  }
}

/** What we need ourselves is waited for; a source that stays away for a minute ends the ingestion, which can be tried again. */
async function reached<T>(work: () => Promise<T>, attempt: number): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isAway = error instanceof CertusError && AWAY.has(error.code);
    if (isAway && attempt >= MOST_ATTEMPTS) throw new GivenUp(error);
    throw error;
  }
}

const AWAY: ReadonlySet<string> = new Set(['source_unreachable', 'dependency_unavailable']);
const MOST_ATTEMPTS = 8;

/** Not to be tried again, whatever its code says. */
export class GivenUp extends CertusError {
  constructor(cause: CertusError) {
    super(cause.code, cause.message, { cause });
  }

  override get retryable(): boolean {
    return false;
  }
}

async function requireRunning(
  { database }: SourceDeps,
  { scope, ingestionId }: Pick<IngestionInput, 'scope' | 'ingestionId'>,
): Promise<IngestionRecord> {
  const run = await findIngestion(database, scope, ingestionId);
  if (run === undefined) throw new CertusError('not_found', `there is no ingestion ${ingestionId}`);
  if (run.endedAt !== null)
    throw new CertusError('ingestion_ended', `${ingestionId} has ended: ${run.state}`);
  return run;
}

async function takeItems(
  deps: SourceDeps,
  taking: Omit<ItemRun, 'place' | 'known' | 'setAside' | 'record'>,
  page: SourcePage,
): Promise<ItemEnd[]> {
  const { database } = deps;
  const { ingestion, signal } = taking;
  const { scope, id } = ingestion;
  const place = { scope, origin: originOf(ingestion.sourceId, ingestion.config) };
  const items = page.items.filter(({ key }, at) => page.items.findIndex((other) => other.key === key) === at);
  const keys = items.map(({ key }) => key);
  const known = await knownItems(database, place, [...keys, ...page.gone]);
  const run: ItemRun = {
    ...{ ...taking, place, known },
    setAside: await setAsideAmong(database, scope, id, keys),
    record: itemRecorder(deps, place, known),
  };
  const room = new ByteRoom(BYTES_IN_FLIGHT);
  const take = async (item: SourceItem) => {
    signal.throwIfAborted();
    return room.during(item.size ?? UNKNOWN_SIZE, () => takeItem(deps, run, item));
  };
  const ends = await pMap(items, take, { concurrency: SIDE_BY_SIDE });
  requireReachable(ends);
  const removed = await removeGone(deps, run, page.gone);
  for (const { key, code, message } of page.lost)
    await recordFailedItem(database, scope, id, { key, code, message, tries: 1, item: null, at: deps.now() });
  await markSeen(
    database,
    place,
    ends.flatMap((end) => (end.outcome === 'skipped' ? end.key : [])),
    id,
  );
  return [...ends, ...removed, ...page.lost.map(({ key }) => failed(key))];
}

const failed = (key: string): ItemEnd => ({
  key,
  outcome: 'failed',
  code: 'lost',
  bytes: 0,
  records: 0,
  masked: 0,
});

/** A source that answers nothing at all is away: its items are not to blame, and wait until it is back. */
function requireReachable(ends: readonly ItemEnd[]): void {
  const tried = ends.filter(({ outcome }) => outcome !== 'skipped');
  if (tried.length < MANY || tried.some(({ code }) => code !== 'dependency_unavailable')) return;
  throw new CertusError('dependency_unavailable', `none of ${tried.length} items can be fetched right now`);
}

const MANY = 5;

async function removeGone(
  { database, search }: SourceDeps,
  { place, known }: ItemRun,
  gone: readonly string[],
): Promise<ItemEnd[]> {
  const there = gone.flatMap((key) => known.get(key) ?? []);
  if (there.length === 0) return [];
  for (let at = 0; at < there.length; at += FILTER_VALUES) {
    const some = there.slice(at, at + FILTER_VALUES);
    await search.remove(place.scope, { document_id: some.map(({ documentId }) => documentId) });
    await forgetItems(
      database,
      place,
      some.map(({ key }) => key),
    );
  }
  return there.map(({ key }) => ({ key, outcome: 'removed', bytes: 0, records: 0, masked: 0 }));
}

function counted(before: IngestionProgress, ends: readonly ItemEnd[]): IngestionProgress {
  const count = (wanted: ItemEnd['outcome']) => ends.filter(({ outcome }) => outcome === wanted).length;
  const sum = (of: 'bytes' | 'records' | 'masked') => ends.reduce((total, end) => total + end[of], 0);
  return {
    done: before.done + count('indexed'),
    failed: before.failed + count('failed'),
    skipped: before.skipped + count('skipped'),
    removed: before.removed + count('removed'),
    listed: before.listed + ends.length - count('removed'),
    bytes: before.bytes + sum('bytes'),
    records: before.records + sum('records'),
    masked: before.masked + sum('masked'),
  };
}
