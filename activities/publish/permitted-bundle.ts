import { CertusError } from '../../contracts/errors.ts';
import type { KeySet } from '../../contracts/keys.ts';
import type { PublishInput } from '../../contracts/workflows.ts';
import { type CheckedEvidence, checkEvidence } from '../../domain/custody/check-evidence.ts';
import { checkPermit } from '../../domain/custody/check-permit.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import type { Database } from '../../services/database/database.ts';
import { findPermit } from '../../services/database/permits.ts';
import type { Evidence } from '../custody/read-evidence.ts';

export type PermittedBundle = Pick<Evidence, 'indexBytes' | 'provenanceBytes'> & {
  readonly evidence: CheckedEvidence;
  readonly permitId: string;
  readonly permitBytes: Uint8Array;
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
 * over exactly the evidence that was read, which is what is going to be published.
 */
export async function requirePermit(
  { database, keySet, destination, usedAt }: Question,
  { scope, component, testId, permitId, bundle }: PublishInput,
  reading: Evidence | Promise<Evidence>,
): Promise<PermittedBundle> {
  const [permit, read] = await Promise.all([findPermit(database, scope, permitId), reading]);
  if (!permit?.permitted || permit.statement === null) {
    throw new CertusError('permit_missing', `there is no permit ${permitId} that allows publication`);
  }
  const { indexBytes, provenanceBytes } = read;
  const permitBytes = permit.statement;
  return heldOrRefused(() => {
    const evidence = checkEvidence({ ...read, keySet });
    requireAsked(evidence, { ...scope, component, testId, digest: bundle.digest });
    const { statement } = checkPermit({
      permitBytes,
      bundle: evidence,
      keySet,
      destination,
      usedAt,
    });
    if (statement.predicate.certus_permit.id !== permitId)
      throw new CustodyError('permit_for_other_bytes', 'the permit was signed under another id');
    return { evidence, indexBytes, provenanceBytes, permitId, permitBytes };
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

type Asked = {
  readonly tenant: string;
  readonly workspace: string;
  readonly component: string;
  readonly testId: string;
  readonly digest: string;
};

/** A permit is good for the bundle it names; this asks that it is also the bundle that was meant. */
function requireAsked({ index, bundleDigest }: CheckedEvidence, asked: Asked): void {
  const same =
    index.tenant === asked.tenant &&
    index.workspace_id === asked.workspace &&
    index.component_id === asked.component &&
    index.test_id === asked.testId;
  if (!same) throw new CustodyError('wrong_scope', 'the bundle belongs to another run');
  if (bundleDigest !== asked.digest)
    throw new CustodyError('hash_mismatch', 'the bundle is not the one that was asked for');
}
