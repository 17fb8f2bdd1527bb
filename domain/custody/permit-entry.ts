import type { KeySet } from '../../contracts/keys.ts';
import type { PermitStatement } from '../../contracts/statements.ts';
import type { LogEntry } from '../../contracts/transparency.ts';
import { verifyLogProof } from '../transparency/log-proof.ts';
import { CustodyError } from './custody-error.ts';
import { sha256 } from './digest.ts';
import type { OpenedStatement } from './open-statement.ts';

/** What the log keeps of a permit: everything follows from the signed bytes, so that whoever has them can ask the log. */
export function permitEntry(
  permitBytes: Uint8Array,
  { statement, key }: OpenedStatement<PermitStatement>,
): LogEntry {
  const { certus_permit: permit, timeVerified } = statement.predicate;
  return {
    v: 1,
    kind: 'permit',
    tenant: permit.tenant,
    workspace: permit.workspace,
    test_id: permit.test_id,
    name: permit.id,
    digest: sha256(permitBytes),
    subjects: statement.subject.map(({ digest }) => digest.sha256),
    signer: key.id,
    at: timeVerified,
    note: permit.bypass === undefined ? null : `bypass by ${permit.bypass.order_id}`,
  };
}

/** A permit that the log does not know was given in secret. Without a pinned log there is none to ask. */
export function requireLogged(
  permitBytes: Uint8Array,
  opened: OpenedStatement<PermitStatement>,
  proof: string | Uint8Array | null,
  keySet: KeySet,
): void {
  if (!keySet.keys.some(({ role }) => role === 'log')) return;
  if (proof === null)
    throw new CustodyError('log_proof_invalid', 'there is no proof that the permit stands in the log');
  verifyLogProof(proof, permitEntry(permitBytes, opened), keySet);
}
