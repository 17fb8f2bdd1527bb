import { BUNDLE, ScanDocument } from '../../contracts/bundle.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { jsonOf } from '../../contracts/json-of.ts';
import type { KeySet } from '../../contracts/keys.ts';
import { quarantineNoticeKey } from '../../contracts/object-keys.ts';
import { ShadowJudgement } from '../../contracts/permission.ts';
import { Taint } from '../../contracts/provenance.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { publishedFiles } from '../../domain/custody/explained-files.ts';
import { openQuarantine, quarantineReason } from '../../domain/custody/quarantine-statement.ts';
import { openAttached } from '../../domain/permit/attached-statement.ts';
import type {
  AttachedFact,
  ChainFacts,
  PermitFact,
  QuarantineFact,
  RunFacts,
} from '../../domain/provenance/chain-facts.ts';
import { type Inspection, inspectChain } from '../../domain/provenance/inspect-chain.ts';
import { attachedStatements } from '../../services/database/attached-statements.ts';
import { permitUses } from '../../services/database/permit-uses.ts';
import { listPermits, type PermitRecord } from '../../services/database/permits.ts';
import { tenantKeys } from '../../services/keys/tenant-keys.ts';
import type { ApiDeps } from '../deps.ts';
import { type FoundBundle, readable, readBundle } from './read-bundle.ts';

type Deps = Pick<ApiDeps, 'database' | 'objects' | 'trust'>;

const MOST_PERMITS = 100;
const MOST_ENTRIES = 100;
const MAX_NOTICE = 1024 * 1024;

/** Everything that is known of a run's chain of custody, each from where it was written down. */
export async function gatherChain(deps: Deps, scope: Scope, run: RunFacts, now: Date): Promise<ChainFacts> {
  const { database, objects, trust } = deps;
  const [keySet, found, newest, attached, entries, notice] = await Promise.all([
    tenantKeys(database, trust.keySet, scope.tenant),
    readBundle(objects, scope, run.testId),
    listPermits(database, scope, { testId: run.testId, limit: MOST_PERMITS }),
    attachedStatements(database, scope, run.testId),
    trust.log.entries(scope.tenant, { testId: run.testId, limit: MOST_ENTRIES }),
    readable(objects.golden, quarantineNoticeKey(scope, run.testId), MAX_NOTICE),
  ]);
  const permits = newest.toReversed();
  const inspection = found === undefined ? null : inspectChain(withPermit(found, permits), keySet);
  const ofScope = entries.filter(({ entry }) => entry.workspace === scope.workspace);
  const uses = await Promise.all(
    permits.filter(({ permitted }) => permitted).map(({ id }) => permitUses(database, scope, id)),
  );
  return {
    now,
    run,
    store: found?.store ?? null,
    inspection,
    document: await scanDocument(found, inspection),
    manifestVersion: await manifestVersion(found, inspection),
    permits: permits.map(permitFact),
    uses: uses.flat().map((use) => ({ ...use, usedAt: use.usedAt.toISOString() })),
    attached: attached.map((row) => ({
      digest: row.digest,
      predicateType: row.predicateType,
      keyId: row.keyId,
      attachedAt: row.attachedAt.toISOString(),
      fault: attachedFault(row.statement, scope.tenant, inspection, keySet, now),
    })),
    log: ofScope,
    quarantine: quarantineFact(notice, scope, run.testId, keySet),
  };
}

/** Before a permit lies beside the bundle it is in Trust's table; its signature says whether it is one. */
function withPermit(
  { content, store }: FoundBundle,
  permits: readonly PermitRecord[],
): FoundBundle['content'] {
  if (store === 'golden' || content.statements.has(BUNDLE.permit)) return content;
  const digest = sha256(content.indexBytes);
  const given = permits.findLast((row) => row.statement !== null && row.bundleDigest === digest);
  if (given?.statement == null) return content;
  const statements = new Map(content.statements).set(BUNDLE.permit, given.statement);
  if (given.logProof !== null) statements.set(BUNDLE.permitProof, Buffer.from(given.logProof));
  return { ...content, statements };
}

const permitFact = (row: PermitRecord): PermitFact => ({
  id: row.id,
  bundleDigest: row.bundleDigest,
  permitted: row.permitted,
  tier: row.tier,
  reason: row.reason,
  detail: row.detail,
  bypass: row.bypass !== null,
  decidedAt: row.decidedAt.toISOString(),
  logEntryId: row.logEntryId,
  tainted: Taint.array()
    .catch([])
    .parse(row.tainted ?? []),
  shadowDenied: ShadowJudgement.safeParse(row.shadow).data?.permitted === false,
});

/** A file of the bundle, when its bytes are those that the index lists, or those that were put in their place. */
async function covered(
  found: FoundBundle | undefined,
  inspection: Inspection | null,
  path: string,
): Promise<unknown> {
  if (inspection?.index == null) return undefined;
  const { index, sanitized } = inspection;
  const listed = publishedFiles(index, sanitized ?? undefined).find((file) => file.path === path);
  const bytes = listed && (await found?.small(path));
  if (bytes === undefined || sha256(bytes) !== listed?.sha256) return undefined;
  return jsonOf(bytes);
}

const scanDocument = async (found: FoundBundle | undefined, inspection: Inspection | null) =>
  ScanDocument.safeParse(await covered(found, inspection, BUNDLE.scan)).data ?? null;

async function manifestVersion(
  found: FoundBundle | undefined,
  inspection: Inspection | null,
): Promise<string | null> {
  const manifest = (await covered(found, inspection, BUNDLE.manifest)) as { version?: unknown } | undefined;
  return typeof manifest?.version === 'string' ? manifest.version.slice(0, 100) : null;
}

function attachedFault(
  bytes: Uint8Array,
  tenant: string,
  inspection: Inspection | null,
  keySet: KeySet,
  at: Date,
): AttachedFact['fault'] {
  if (inspection === null) return 'there is no bundle that it could be about';
  return faultOf(() => openAttached(bytes, { tenant, bundleDigest: inspection.bundleDigest, keySet, at }));
}

function faultOf(open: () => unknown): string | null {
  try {
    open();
    return null;
  } catch (error) {
    if (error instanceof CustodyError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

/** A notice that nobody trusted has signed is still one: what is withheld must not look published. */
function quarantineFact(
  notice: Uint8Array | undefined,
  scope: Scope,
  testId: string,
  keySet: KeySet,
): QuarantineFact | null {
  if (notice === undefined) return null;
  try {
    const { statement, key } = openQuarantine(notice, { ...scope, testId }, keySet);
    const detail = `in quarantine: ${quarantineReason(statement.predicate)}`;
    return { at: statement.predicate.quarantinedOn, signer: key.id, detail };
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    return { at: null, signer: null, detail: `in quarantine by a notice that does not hold: ${error.code}` };
  }
}
