import { CertusError } from '../../contracts/errors.ts';
import type { IngestionInput, IngestionProgress } from '../../contracts/ingestion.ts';
import { originOf } from '../../domain/ingest/origin.ts';
import type { SourcePage } from '../../services/connectors/connector.ts';
import { findIngestion, type IngestionRecord, recordPage } from '../../services/database/ingestions.ts';
import { policyInForce } from '../../services/privacy/policy-in-force.ts';
import { sourceOf } from './forget-removed.ts';
import { type Checkpoint, checkpointFor, isListed, type Listed } from './listed.ts';
import { nameKeyFor } from './name-key.ts';
import type { SourceDeps } from './source-deps.ts';
import type { ItemEnd } from './take-item.ts';
import { type Listing, takePages } from './take-pages.ts';

/** So few that the first are being read before long. */
const PAGE_ITEMS = 200;

export type PageTaken = { readonly progress: IngestionProgress; readonly more: boolean };

/**
 * Takes the next pages of a source into the index, for as long as a turn is. What it has come to is on the row of the ingestion
 * together with where the next turn begins: one that is taken again, because the word that it was done got lost, is not.
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
    const asked = { checkpoint: checkpointFor(rules, source?.checkpoint), limit: PAGE_ITEMS, signal };
    const list: Listing = (cursor) => reached(() => connector.page({ ...asked, cursor }), attempt);
    const place = { scope, origin: originOf(run.sourceId, run.config) };
    const taking = { ingestion: run, connector, place, policy, nameKey, rules, signal };
    const { last, ends } = await takePages(deps, taking, list, run.cursor as SourcePage['cursor']);
    const progress = counted(run.progress, ends);
    const all = last.listedAll ?? connector.listsAll;
    const checkpoint: Checkpoint = { rules, at: last.checkpoint };
    const cursor = last.cursor ?? ({ listed: true, all, checkpoint } satisfies Listed);
    await recordPage(deps.database, scope, ingestionId, { pages, cursor, progress });
    return { progress, more: last.cursor !== null };
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
