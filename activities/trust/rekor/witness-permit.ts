import type { Scope } from '../../../contracts/identifiers.ts';
import type { RekorEntry } from '../../../contracts/rekor-entry.ts';
import type { Database } from '../../../services/database/database.ts';
import { permitToWitness, recordPermitEntry } from '../../../services/database/permit-witness.ts';
import type { Signer } from '../../../services/keys/signer.ts';
import { type Witnessing, witness } from '../../../services/sigstore/witness.ts';

export type WitnessDeps = {
  readonly database: Database;
  readonly permitSigner: Pick<Signer, 'publicKeyPem'>;
  /** The second log; none when the operator has named none. */
  readonly rekor: Pick<Witnessing, 'rekorUrl' | 'trust'> | undefined;
};

/**
 * Has a permit kept by a second log that is not ours, and keeps where. Runs apart from publication: a permit holds by its
 * signature and our own log, and a Rekor that is away must not keep a release from its users. Done again, it finds the
 * entry that is there.
 */
export async function witnessPermit(
  { database, permitSigner, rekor }: WitnessDeps,
  { tenant, workspace }: Scope,
  permitId: string,
): Promise<RekorEntry | undefined> {
  if (rekor === undefined) return undefined;
  const permit = await permitToWitness(database, tenant, workspace, permitId);
  if (permit === undefined || permit.rekor !== undefined) return permit?.rekor;
  const entry = await witness(permit.statement, permitSigner.publicKeyPem, rekor);
  await recordPermitEntry(database, tenant, workspace, permitId, entry);
  return entry;
}
