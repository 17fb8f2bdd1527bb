import { CertusError } from '../../../contracts/errors.ts';
import type { Environment } from '../../../contracts/keys.ts';
import { readSigningRequest } from '../../../domain/enrolment/signing-request.ts';
import type { Applicant, CertificateAuthority } from '../../../services/authority/certificate-authority.ts';
import { tenantKeys } from '../../../services/keys/tenant-keys.ts';
import type { TrustDeps } from '../deps.ts';

export async function readApplicant(
  tenant: string,
  environment: Environment,
  csr: string,
): Promise<Applicant> {
  return { tenant, environment, csr, ...(await readSigningRequest(csr, { tenant, environment })) };
}

/** Whether Trust knows the key already, by what is signed: it was admitted, and may have been revoked since. */
export async function isKnownKey(
  { database, keySet }: Pick<TrustDeps, 'database' | 'keySet'>,
  { tenant, keyId }: Applicant,
): Promise<boolean> {
  const known = await tenantKeys(database, keySet, tenant);
  return known.keys.some(({ id }) => id === keyId);
}

export const keyInUse = (): CertusError =>
  new CertusError('key_in_use', 'this key is known already: make a new one for a new certificate');

/** Not worth another try: it stays away until an operator sets one up. */
export function requireAuthority<A extends CertificateAuthority>(authority: A | undefined): A {
  if (authority !== undefined) return authority;
  throw new CertusError('authority_refused', 'this installation has no certificate authority');
}
