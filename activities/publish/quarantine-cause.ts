import { BUNDLE } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { KeySet } from '../../contracts/keys.ts';
import { goldenPrefix, rawPrefix } from '../../contracts/object-keys.ts';
import type { QuarantineInput } from '../../contracts/quarantine.ts';
import { PermitStatement } from '../../contracts/statements.ts';
import type { Tier } from '../../contracts/trust-policy.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { namedKey } from '../../domain/custody/named-key.ts';
import { openStatement } from '../../domain/custody/open-statement.ts';
import { openOrder } from '../../domain/custody/order-statement.ts';
import { attachedStatements } from '../../services/database/attached-statements.ts';
import type { Database } from '../../services/database/database.ts';
import { findOrder } from '../../services/database/orders.ts';
import { findPermit } from '../../services/database/permits.ts';
import type { Signer } from '../../services/keys/signer.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';
import { readEvidenceStatement } from '../custody/read-evidence.ts';
import { withoutNames } from '../golden/audit-copy.ts';
import { shownDrift } from '../golden/look-at-copy.ts';

type Deps = {
  readonly database: Database;
  readonly keySet: KeySet;
  readonly raw: ReadableBucket;
  readonly golden: ReadableBucket;
  readonly quarantine: ReadableBucket;
  readonly promotionSigner: Pick<Signer, 'keyId'>;
};

/**
 * Nothing is taken away, and no notice signed, but because of a key that an administrator revoked and that signed what the
 * permit of this very bundle rests on: one order of long ago would else do for every run of its tenant. Or because golden
 * shows something else than was promoted, which is looked at here again: what the notice says is what was seen here.
 */
export async function requireCause(
  deps: Deps,
  input: QuarantineInput,
  signal: AbortSignal,
): Promise<QuarantineInput> {
  const { cause } = input;
  if ('drift' in cause) return { ...input, cause: { drift: await requireDrift(deps, input, signal) } };
  await requireRevoked(deps, input, cause);
  return input;
}

async function requireDrift(deps: Deps, { scope, testId }: QuarantineInput, signal: AbortSignal) {
  const looked = await shownDrift(deps, { scope, testId }, signal);
  if (looked === undefined) throw refused(`golden shows nothing of ${testId} but what was promoted`);
  return withoutNames(looked).map(({ code, path }) => ({ code, path }));
}

async function requireRevoked(deps: Deps, input: QuarantineInput, cause: Revoked): Promise<void> {
  await requireOrder(deps, input, cause);
  const { tier, provenance, counted } = await restsOn(deps, input);
  const { keyId } = cause;
  if (await isEvidenceBy(deps, input, keyId, provenance)) return;
  for (const { statement } of await attachedStatements(deps.database, input.scope, input.testId)) {
    // a permit for hashes alone lists nobody's word, and is marked by what was attached all the same
    const counts = tier === 'basic' || counted.includes(sha256(statement));
    if (counts && namedKey(statement) === keyId) return;
  }
  throw refused(`the permit ${input.permitId} does not rest on the key ${keyId}`);
}

type Revoked = Exclude<QuarantineInput['cause'], { drift: unknown }>;

async function requireOrder(
  { database, keySet }: Deps,
  { scope: { tenant } }: QuarantineInput,
  cause: Revoked,
): Promise<void> {
  const { orderId: id, keyId, reason } = cause;
  const row = await findOrder(database, tenant, id);
  if (row === undefined) throw refused(`there is no order ${id}`);
  const { action } = held(() => openOrder(row.statement, { tenant, id, keySet }));
  if (action.kind !== 'revoke_key' || action.key_id !== keyId || action.reason !== reason)
    throw refused(`the order ${id} does not revoke the key ${keyId} for ${reason}`);
}

/** What Trust went by when it gave the permit: digests of the provenance, and of what others had attached. */
async function restsOn(
  { database, keySet }: Deps,
  { scope, testId, permitId, bundleDigest }: QuarantineInput,
): Promise<{ tier: Tier; provenance: string | undefined; counted: string[] }> {
  const row = await findPermit(database, scope, permitId);
  const { predicate, subject } = held(
    () =>
      openStatement(row?.statement ?? new Uint8Array(), {
        schema: PermitStatement,
        role: 'permit',
        tenant: scope.tenant,
        keySet,
        madeAt: (statement) => statement.predicate.timeVerified,
      }).statement,
  );
  const { id, tenant, workspace, test_id, tier } = predicate.certus_permit;
  const same =
    id === permitId &&
    tenant === scope.tenant &&
    workspace === scope.workspace &&
    test_id === testId &&
    subject[0]?.digest.sha256 === bundleDigest;
  if (!same) throw refused(`the permit ${permitId} is of another bundle`);
  const [provenance, ...counted] = predicate.inputAttestations.map(({ digest }) => digest.sha256);
  return { tier, provenance, counted };
}

/** Wherever it lies by now: what is in raw may have been cleared away, and what was in golden may have been moved. */
async function isEvidenceBy(
  { raw, golden, quarantine }: Deps,
  { scope, testId }: QuarantineInput,
  keyId: string,
  digest: string | undefined,
): Promise<boolean> {
  const inGolden = goldenPrefix(scope, testId);
  const places = [
    [golden, inGolden],
    [quarantine, inGolden],
    [raw, rawPrefix(scope, testId)],
  ] as const;
  for (const [bucket, prefix] of places) {
    const bytes = await readEvidenceStatement(bucket, `${prefix}${BUNDLE.provenance}`);
    if (sha256(bytes) === digest) return namedKey(bytes) === keyId;
  }
  return false;
}

function held<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    throw new CertusError('order_invalid', `${error.code}: ${error.message}`, { cause: error });
  }
}

const refused = (why: string): CertusError => new CertusError('order_invalid', why);
