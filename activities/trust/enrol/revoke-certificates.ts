import { CertusError } from '../../../contracts/errors.ts';
import type { RevocationReason } from '../../../contracts/keys.ts';
import {
  markCertificatesRevoked,
  revokedCertificates,
} from '../../../services/database/issued-certificates.ts';
import { newestRevocationList, recordRevocationList } from '../../../services/database/revocation-lists.ts';
import type { TrustDeps } from '../deps.ts';

/** Every certificate of a key that is no longer believed, on a new list for stock tools. Answers how many there are. */
export async function revokeCertificates(
  deps: TrustDeps,
  tenant: string,
  keyId: string,
  reason: RevocationReason,
): Promise<number> {
  const count = await markCertificatesRevoked(deps.database, tenant, keyId, { at: deps.now(), reason });
  if (count > 0) await refreshRevocationList(deps);
  return count;
}

const TRIES = 10;

/** Signs the next revocation list; also daily, since a list ends. Without an authority there is none. */
export async function refreshRevocationList({
  database,
  builtInAuthority,
}: Pick<TrustDeps, 'database' | 'builtInAuthority'>): Promise<number | undefined> {
  if (builtInAuthority === undefined) return undefined;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const previous = await newestRevocationList(database);
    // read after the number is known: whoever takes a number has seen everything that an earlier list says
    const revoked = await revokedCertificates(database);
    const list = await builtInAuthority.revoke((previous?.number ?? 0) + 1, revoked, previous?.der);
    if (await recordRevocationList(database, list)) return list.number;
  }
  throw new CertusError('dependency_unavailable', 'others were always faster with the next revocation list');
}
