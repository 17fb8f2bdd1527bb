import { BUNDLE } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { KeySet } from '../../contracts/keys.ts';
import { goldenManifestKey, goldenPrefix } from '../../contracts/object-keys.ts';
import type { TombstoneStatement } from '../../contracts/statements.ts';
import type { GoldenContent, GoldenRun } from '../../domain/custody/golden-chain.ts';
import { type Drift, goldenDrift, type Judged, MANIFEST } from '../../domain/custody/golden-drift.ts';
import { namedKey } from '../../domain/custody/named-key.ts';
import { tenantKeys } from '../../services/keys/tenant-keys.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';
import type { AuditDeps } from './audit-deps.ts';
import { lookBeside } from './look-beside.ts';
import { readCopy } from './read-copy.ts';

export type LookedAt = {
  /** Where the copy was found; `gone` when it is nowhere, and nothing says why. */
  readonly place: 'golden' | 'archive' | 'quarantine' | 'deleted' | 'gone';
  readonly drift: readonly Drift[];
  /** Keys that were revoked since. What they signed in their time is no less what was promoted. */
  readonly revoked: readonly string[];
  readonly promoted: Judged['promoted'];
  readonly content: GoldenContent | undefined;
};

type Deps = Pick<AuditDeps, 'database' | 'golden' | 'keySet' | 'promotionSigner'>;

/**
 * Whether a copy is as it was promoted. Where it has to be follows from what lies in golden and not from its row. What
 * does not hold is looked at once more: a copy that is being archived or taken away loses its manifest first, and has not
 * drifted.
 */
export async function lookAtCopy(
  deps: Deps & Pick<AuditDeps, 'archive'>,
  run: GoldenRun,
  signal: AbortSignal,
): Promise<LookedAt> {
  const keys = await keysFor(deps, run);
  const look = async () =>
    (await lookAtShown(deps, run, keys, signal)) ?? lookElsewhere(deps, run, keys, signal);
  const first = await look();
  return first.drift.length === 0 ? first : look();
}

/** The same of what golden shows; nothing where it shows no such copy, or one that is as it was promoted. */
export async function shownDrift(
  deps: Deps,
  run: GoldenRun,
  signal: AbortSignal,
): Promise<LookedAt | undefined> {
  const keys = await keysFor(deps, run);
  const look = () => lookAtShown(deps, run, keys, signal);
  if (((await look())?.drift.length ?? 0) === 0) return undefined;
  const second = await look();
  return second === undefined || second.drift.length === 0 ? undefined : second;
}

type Keys = {
  readonly now: KeySet;
  /** As they were believed before any of them was revoked. */
  readonly asGiven: KeySet;
};

async function keysFor(deps: Deps, { scope }: GoldenRun): Promise<Keys> {
  requireOwnKey(deps);
  const now = await tenantKeys(deps.database, deps.keySet, scope.tenant);
  return { now, asGiven: { ...now, keys: now.keys.map(({ revoked: _, ...key }) => key) } };
}

/** By a wrong file of keys every copy would have drifted, and all that is published would be taken away. */
function requireOwnKey({ keySet, promotionSigner: { keyId } }: Deps): void {
  if (!keySet.keys.some(({ id, role }) => id === keyId && role === 'promotion'))
    throw new CertusError('key_unusable', `nothing is judged by a key set without our own key ${keyId}`);
}

async function lookAtShown(
  { golden }: Deps,
  run: GoldenRun,
  keys: Keys,
  signal: AbortSignal,
): Promise<LookedAt | undefined> {
  if ((await golden.head(goldenManifestKey(run.scope, run.testId))) === undefined) return undefined;
  const { notice, tombstone } = await lookBeside(golden, run, keys.asGiven);
  const judged = await judge(golden, run, keys, signal);
  return { place: 'golden', ...judged, drift: [...notice.faults, ...tombstone.faults, ...judged.drift] };
}

async function lookElsewhere(
  { golden, archive }: Pick<AuditDeps, 'golden' | 'archive'>,
  run: GoldenRun,
  keys: Keys,
  signal: AbortSignal,
): Promise<LookedAt> {
  const { notice, tombstone } = await lookBeside(golden, run, keys.asGiven);
  if (notice.ours !== undefined) return { place: 'quarantine', ...NOTHING };
  if (tombstone.ours !== undefined) return lookAtRest(golden, run, keys, tombstone.ours, signal);
  if ((await archive.head(goldenManifestKey(run.scope, run.testId))) !== undefined)
    return { place: 'archive', ...(await judge(archive, run, keys, signal)) };
  const drift = [{ code: 'missing_file', path: MANIFEST, message: 'was promoted and is not there' }];
  return { place: 'gone', ...NOTHING, drift };
}

const NOTHING = { drift: [], revoked: [], promoted: undefined, content: undefined };

/** What stays of a copy that was deleted is complete once the tombstone lies among it; before that, it is on its way. */
async function lookAtRest(
  golden: ReadableBucket,
  run: GoldenRun,
  keys: Keys,
  tombstone: TombstoneStatement,
  signal: AbortSignal,
): Promise<LookedAt> {
  const last = await golden.head(`${goldenPrefix(run.scope, run.testId)}${BUNDLE.tombstone}`);
  if (last === undefined) return { place: 'deleted', ...NOTHING };
  return { place: 'deleted', ...(await judge(golden, run, keys, signal, tombstone)) };
}

async function judge(
  bucket: ReadableBucket,
  run: GoldenRun,
  keys: Keys,
  signal: AbortSignal,
  deleted?: TombstoneStatement,
): Promise<Omit<LookedAt, 'place'>> {
  const { content: read, strange } = await readCopy(bucket, run, signal);
  const content = { ...read, deleted };
  const { drift, promoted } = goldenDrift(run, content, keys.asGiven);
  const all = [...drift, ...strange];
  return { drift: all, promoted, content, revoked: all.length === 0 ? revokedIn(content, keys.now) : [] };
}

/** Only of a copy whose statements all hold: before that, what they name is anybody's word. */
function revokedIn({ bytes }: GoldenContent, { keys }: KeySet): string[] {
  const statements = [...bytes].filter(([path]) => path.endsWith('.sigstore.json'));
  const named = new Set(statements.map(([, statement]) => namedKey(statement)));
  return keys.filter(({ id, revoked }) => revoked !== undefined && named.has(id)).map(({ id }) => id);
}
