import { CertusError } from '../../contracts/errors.ts';
import type { KeySet } from '../../contracts/keys.ts';
import type { PermitStatement } from '../../contracts/statements.ts';
import type { PublishInput } from '../../contracts/workflows.ts';
import { requireBelievedWhen } from '../../domain/custody/believed-when.ts';
import {
  type CheckedBundle,
  type CheckedFiles,
  checkFiles,
  checkProvenance,
} from '../../domain/custody/check-evidence.ts';
import { checkPermit } from '../../domain/custody/check-permit.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { requireLogged } from '../../domain/custody/permit-entry.ts';
import type { Database } from '../../services/database/database.ts';
import { findPermit } from '../../services/database/permits.ts';
import { tenantKeys } from '../../services/keys/tenant-keys.ts';
import type { Evidence } from '../custody/read-evidence.ts';

export type PermittedBundle = Pick<Evidence, 'indexBytes' | 'provenanceBytes'> & {
  readonly evidence: CheckedBundle;
  readonly permitId: string;
  readonly permitBytes: Uint8Array;
  readonly permit: PermitStatement['predicate']['certus_permit'];
  /** That the permit stands in the log, when a log is pinned. */
  readonly proof: string | null;
  /** Keys of who vouches for the evidence, which a permit may do without, and of who permitted it. */
  readonly signers: { readonly inner: string | null; readonly outer: string };
  readonly permittedOn: string;
};

type Question = {
  readonly database: Database;
  readonly keySet: KeySet;
  readonly destination: 'golden' | 'oci';
  /** Left out by who asks afterwards, of a promotion, when the permit was used. */
  readonly usedAt?: Date;
};

/**
 * The door that nothing is published around: believes neither the caller nor the database, only a permit signature
 * over exactly the evidence that was read, which is what is going to be published, and the log's word that it was given
 * in the open.
 */
export async function requirePermit(
  { database, keySet: pinned, destination, usedAt }: Question,
  input: PublishInput,
  reading: Evidence | Promise<Evidence>,
): Promise<PermittedBundle> {
  const { scope, permitId } = input;
  const [row, keySet, read] = await Promise.all([
    findPermit(database, scope, permitId),
    tenantKeys(database, pinned, scope.tenant),
    reading,
  ]);
  if (!row?.permitted || row.statement === null) {
    throw new CertusError('permit_missing', `there is no permit ${permitId} that allows publication`);
  }
  const { indexBytes, provenanceBytes } = read;
  const permitBytes = row.statement;
  const proof = keySet.keys.some(({ role }) => role === 'log') ? row.logProof : null;
  return heldOrRefused(() => {
    const evidence = { ...checkFiles(read), provenanceDigest: sha256(provenanceBytes) };
    requireAsked(evidence, input);
    const opened = checkPermit({ permitBytes, bundle: evidence, keySet, destination, usedAt });
    const permit = opened.statement.predicate.certus_permit;
    if (permit.id !== permitId)
      throw new CustodyError('permit_for_other_bytes', 'the permit was signed under another id');
    // only a permit that itself promises less is good for evidence that nobody vouches for
    const vouched =
      permit.tier === 'verified' ? checkProvenance(evidence, provenanceBytes, keySet) : undefined;
    const permittedOn = opened.statement.predicate.timeVerified;
    if (vouched !== undefined) requireBelievedWhen(vouched.key, permittedOn);
    requireLogged(permitBytes, opened, proof, keySet);
    const signers = { inner: vouched?.key.id ?? null, outer: opened.key.id };
    return {
      ...{ evidence, indexBytes, provenanceBytes, permitId, permitBytes, permit, proof },
      ...{ signers, permittedOn },
    };
  });
}

/** A link that does not hold is why nothing is published. */
export function heldOrRefused<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    throw new CertusError('permit_invalid', `not published, ${error.code}: ${error.message}`, {
      cause: error,
    });
  }
}

/** A permit is good for the bundle it names; this asks that it is also the bundle that was meant. */
function requireAsked(
  { index, bundleDigest }: CheckedFiles,
  { scope, component, testId, bundle }: PublishInput,
): void {
  const same =
    index.tenant === scope.tenant &&
    index.workspace_id === scope.workspace &&
    index.component_id === component &&
    index.test_id === testId;
  if (!same) throw new CustodyError('wrong_scope', 'the bundle belongs to another run');
  if (bundleDigest !== bundle.digest)
    throw new CustodyError('hash_mismatch', 'the bundle is not the one that was asked for');
}
