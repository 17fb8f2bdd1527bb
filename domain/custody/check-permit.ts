import { BUNDLE } from '../../contracts/bundle.ts';
import type { KeySet } from '../../contracts/keys.ts';
import { PermitStatement, PREDICATE } from '../../contracts/statements.ts';
import { type CheckedBundle, requireSubjects } from './check-evidence.ts';
import { CLOCK_TOLERANCE_MS } from './clock-tolerance.ts';
import { CustodyError } from './custody-error.ts';
import { type OpenedStatement, openStatement } from './open-statement.ts';

export type PermitCheck = {
  readonly permitBytes: Uint8Array;
  /** The bundle it must have been given for: these exact bytes under this exact provenance. */
  readonly bundle: CheckedBundle;
  readonly keySet: KeySet;
  readonly destination: 'golden' | 'oci';
  /** When it is, or was, used; left out to ask only whether it was rightly given. */
  readonly usedAt?: Date | undefined;
};

/** No permit, no publication: everyone who publishes or verifies asks this, and believes no one else's answer. */
export function checkPermit({
  permitBytes,
  bundle,
  keySet,
  destination,
  usedAt,
}: PermitCheck): OpenedStatement<PermitStatement> {
  const { index, bundleDigest, provenanceDigest } = bundle;
  const opened = openStatement(permitBytes, {
    schema: PermitStatement,
    role: 'permit',
    tenant: index.tenant,
    keySet,
    madeAt: ({ predicate }) => predicate.timeVerified,
  });
  const { statement } = opened;
  const { certus_permit: permit, inputAttestations, timeVerified } = statement.predicate;
  requireSubjects(statement.subject, [{ name: BUNDLE.index, digest: { sha256: bundleDigest } }]);
  if (inputAttestations[0]?.digest.sha256 !== provenanceDigest) {
    throw new CustodyError(
      'permit_for_other_bytes',
      `the permit was given for another ${PREDICATE.provenance} statement`,
    );
  }
  if (
    permit.tenant !== index.tenant ||
    permit.workspace !== index.workspace_id ||
    permit.test_id !== index.test_id
  ) {
    throw new CustodyError('wrong_scope', 'the permit was given for another run');
  }
  if (!permit.destinations.includes(destination)) {
    throw new CustodyError('destination_not_permitted', `the permit does not allow ${destination}`);
  }
  if (usedAt !== undefined) requireUsable(usedAt, timeVerified, permit.expires_at);
  return opened;
}

function requireUsable(usedAt: Date, givenAt: string, expiresAt: string): void {
  if (usedAt.getTime() >= Date.parse(expiresAt)) {
    throw new CustodyError('permit_expired', `the permit expired at ${expiresAt}`);
  }
  if (usedAt.getTime() < Date.parse(givenAt) - CLOCK_TOLERANCE_MS) {
    throw new CustodyError('permit_expired', 'the permit had not been given yet');
  }
}
