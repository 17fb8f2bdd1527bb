import { canonicalJson } from '../../../contracts/canonical-json.ts';
import { CertusError } from '../../../contracts/errors.ts';
import type { Scope } from '../../../contracts/identifiers.ts';
import { PermitStatement } from '../../../contracts/statements.ts';
import type { LogEntry } from '../../../contracts/transparency.ts';
import { CustodyError } from '../../../domain/custody/custody-error.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { openStatement } from '../../../domain/custody/open-statement.ts';
import { permitEntry } from '../../../domain/custody/permit-entry.ts';
import { logProof } from '../../../domain/transparency/log-proof.ts';
import { completePermit, type PermitRecord } from '../../../services/database/permits.ts';
import type { TrustDeps } from '../deps.ts';

/**
 * Writes a recorded decision into the log, and its place there to the row. Done again after a crash it completes what was
 * begun. A row that Trust did not write is neither logged nor answered with.
 */
export async function logDecision(
  deps: Pick<TrustDeps, 'database' | 'keySet' | 'log'>,
  scope: Scope,
  row: PermitRecord,
): Promise<void> {
  const entry = row.permitted ? entryOfPermit(deps, scope, row) : entryOfDenial(scope, row);
  if (row.logIndex !== null) return;
  const [inclusion] = await deps.log.append([entry]);
  if (inclusion === undefined) throw new CertusError('internal_error', 'the log gave no proof');
  const { index, entryId } = inclusion;
  const proof = row.permitted ? logProof(inclusion) : null;
  await completePermit(deps.database, scope, row.id, { proof, index, entryId });
}

function entryOfPermit(
  { keySet }: Pick<TrustDeps, 'keySet'>,
  { tenant, workspace }: Scope,
  { id, testId, bundleDigest, statement }: PermitRecord,
): LogEntry {
  const bytes = statement ?? new Uint8Array();
  try {
    const opened = openStatement(bytes, {
      schema: PermitStatement,
      role: 'permit',
      tenant,
      keySet,
      madeAt: ({ predicate }) => predicate.timeVerified,
    });
    const { predicate, subject } = opened.statement;
    const given = predicate.certus_permit;
    const [about] = subject;
    const same =
      given.id === id &&
      given.tenant === tenant &&
      given.workspace === workspace &&
      given.test_id === testId &&
      about?.digest.sha256 === bundleDigest;
    if (!same) throw new CustodyError('wrong_scope', 'it was given under another id or for another run');
    return permitEntry(bytes, opened);
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    throw new CertusError('permit_invalid', `${id} is no permit of ours, ${error.code}: ${error.message}`);
  }
}

/** Of a denial there is no statement: its digest is of what was decided. */
function entryOfDenial({ tenant, workspace }: Scope, row: PermitRecord): LogEntry {
  const { id, ground, testId, bundleDigest, reason, detail, violations, decidedAt } = row;
  return {
    v: 1,
    kind: 'denial',
    tenant,
    workspace,
    test_id: testId,
    name: id,
    digest: sha256(
      canonicalJson({
        id,
        ground,
        bundleDigest,
        reason,
        detail,
        violations,
        decidedAt: decidedAt.toISOString(),
      }),
    ),
    subjects: [bundleDigest],
    signer: null,
    at: decidedAt.toISOString(),
    note: reason,
  };
}
