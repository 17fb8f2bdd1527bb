import { CertusError } from '../../../contracts/errors.ts';
import type { Order } from '../../../contracts/orders.ts';
import type { Applicant } from '../../../services/authority/certificate-authority.ts';
import type { TrustDeps } from '../deps.ts';
import { admitTenantKey } from '../keys/admit-tenant-key.ts';

/** Believes the key of a newcomer from now on: Trust's own list says so, and no certificate alone. */
export const admitNewcomer = (
  deps: TrustDeps,
  { id: orderId }: Order,
  { tenant, environment, publicKeyPem }: Applicant,
  certificatePem: string,
): Promise<Record<string, unknown>> =>
  admitTenantKey(deps, {
    tenant,
    orderId,
    environment,
    publicKeyPem,
    certificatePem,
    holder: 'tenant',
    origin: 'enrolled',
  });

/** For a key that is on the list: what an earlier run of this very order left undone is done. False when it came by another. */
export async function wasAdmittedBy(
  deps: TrustDeps,
  order: Order,
  applicant: Applicant,
  certificatePem: string,
): Promise<boolean> {
  try {
    await admitNewcomer(deps, order, applicant, certificatePem);
    return true;
  } catch (error) {
    if (error instanceof CertusError && error.code === 'key_in_use') return false;
    throw error;
  }
}
