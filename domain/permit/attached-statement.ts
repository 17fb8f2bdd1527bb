import { z } from 'zod';
import type { KeySet } from '../../contracts/keys.ts';
import { PREDICATE, STATEMENT_TYPE } from '../../contracts/statements.ts';
import { CustodyError } from '../custody/custody-error.ts';
import { sha256 } from '../custody/digest.ts';
import { openStatement } from '../custody/open-statement.ts';

/** One that is larger is not read: what it says would have to be kept and looked into. */
export const MAX_ATTACHED_BYTES = 1024 * 1024;
/** So many may stand by one run. */
export const MAX_ATTACHED = 100;

const AnyStatement = z.object({
  _type: z.literal(STATEMENT_TYPE),
  subject: z
    .array(z.object({ digest: z.record(z.string(), z.string()) }))
    .min(1)
    .max(10_001),
  predicateType: z.string().min(1).max(300),
  predicate: z.unknown(),
});

export type AttachedStatement = {
  readonly digest: string;
  readonly predicateType: string;
  readonly predicate: unknown;
  readonly keyId: string;
  readonly environment: 'sandbox' | 'production';
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
  if (bytes.length > MAX_ATTACHED_BYTES) throw new CustodyError('malformed', 'the statement is too large');
  const { statement, key } = openStatement(bytes, {
    schema: AnyStatement,
    role: 'evidence',
    tenant,
    keySet,
    madeAt: () => at.toISOString(),
  });
  if (OURS.has(statement.predicateType))
    throw new CustodyError('wrong_predicate', `${statement.predicateType} is not for others to say`);
  if (!statement.subject.some(({ digest }) => digest.sha256 === bundleDigest))
    throw new CustodyError('subject_mismatch', 'the statement is not about this bundle');
  return {
    digest: sha256(bytes),
    predicateType: statement.predicateType,
    predicate: statement.predicate,
    keyId: key.id,
    environment: key.environment ?? 'production',
  };
}

const OURS: ReadonlySet<string> = new Set(
  Object.values(PREDICATE).filter((type) => type !== PREDICATE.endorsement && type !== PREDICATE.provenance),
);
