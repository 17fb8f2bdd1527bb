import { CertusError } from '../../../contracts/errors.ts';
import type { Scope } from '../../../contracts/identifiers.ts';
import type { KeySet } from '../../../contracts/keys.ts';
import type { RekorEntry } from '../../../contracts/rekor-entry.ts';
import type { Database } from '../../../services/database/database.ts';
import { permitToWitness, recordPermitEntry } from '../../../services/database/permit-witness.ts';
import { keyHintOf } from '../../../services/sigstore/bundle.ts';
import { type Witnessing, witness } from '../../../services/sigstore/witness.ts';

export type WitnessDeps = {
  readonly database: Database;
  /** The keys that the installation pins: a permit may be of the key before the present one. */
  readonly keySet: KeySet;
  /** The second log; none when the operator has named none. */
  readonly rekor: Omit<Witnessing, 'signal'> | undefined;
};

/**
 * Has a permit kept by a second log that is not ours, and keeps where. Runs apart from publication: a permit holds by its
 * signature and our own log, and a Rekor that is away must not keep a release from its users. Done again, it finds the
 * entry that is there.
 */
export async function witnessPermit(
  { database, keySet, rekor }: WitnessDeps,
  { tenant, workspace }: Scope,
  permitId: string,
): Promise<RekorEntry | undefined> {
  if (rekor === undefined) return undefined;
  const permit = await permitToWitness(database, tenant, workspace, permitId);
  if (permit === undefined || permit.rekor !== undefined) return permit?.rekor;
  const entry = await witness(permit.statement, permitKey(keySet, permit.statement), rekor);
  await recordPermitEntry(database, tenant, workspace, permitId, entry);
  return entry;
}

function permitKey({ keys }: KeySet, statement: Uint8Array): string {
  const hint = keyHintOf(statement);
  const key = keys.find(({ id, role }) => role === 'permit' && id === hint);
  if (key === undefined)
    throw new CertusError('key_not_found', 'The permit is signed with no key that this installation pins.');
  return key.public_key_pem;
}
