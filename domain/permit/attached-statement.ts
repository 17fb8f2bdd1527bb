import type { Environment, KeySet } from '../../contracts/keys.ts';
import { PREDICATE } from '../../contracts/statements.ts';
import { CustodyError } from '../custody/custody-error.ts';
import { sha256 } from '../custody/digest.ts';
import { openSignature } from '../custody/open-signature.ts';

/** One that is larger is not read: what it says would have to be kept and looked into. */
const MAX_BYTES = 1024 * 1024;

export type AttachedStatement = {
  readonly digest: string;
  readonly predicateType: string;
  readonly predicate: unknown;
  readonly keyId: string;
  readonly environment: Environment;
};

type About = {
  readonly tenant: string;
  readonly bundleDigest: string;
  readonly keySet: KeySet;
  readonly at: Date;
};

/**
 * What somebody of the tenant says about a bundle. It claims no time that could be believed, so its key must be good at the
 * time of asking. Statements of Certus itself count only where they belong, and not as what somebody attached.
 */
export function openAttached(
  bytes: Uint8Array,
  { tenant, bundleDigest, keySet, at }: About,
): AttachedStatement {
  if (bytes.length > MAX_BYTES) throw new CustodyError('malformed', 'the statement is too large');
  const { signer, statement } = openSignature(bytes, { keySet, role: 'evidence', tenant, at });
  if (statement === undefined) throw new CustodyError('malformed', 'it is no statement');
  if (OURS.has(statement.predicateType))
    throw new CustodyError('wrong_predicate', `${statement.predicateType} is not for others to say`);
  if (!statement.subject.some(({ digest }) => digest.sha256 === bundleDigest))
    throw new CustodyError('subject_mismatch', 'the statement is not about this bundle');
  return {
    digest: sha256(bytes),
    predicateType: statement.predicateType,
    predicate: statement.predicate,
    keyId: signer,
    environment: keySet.keys.find(({ id }) => id === signer)?.environment ?? 'production',
  };
}

const OURS: ReadonlySet<string> = new Set(
  Object.values(PREDICATE).filter((type) => type !== PREDICATE.endorsement && type !== PREDICATE.provenance),
);
