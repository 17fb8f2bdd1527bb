import { CertusError } from '../../../contracts/errors.ts';
import { keyId } from '../../../contracts/key-id.ts';
import type { Environment, TrustedKey } from '../../../contracts/keys.ts';
import { type CheckedCertificate, checkCertificateChain } from '../../../domain/keys/certificate-chain.ts';
import { algorithmOfPem } from '../../../domain/keys/key-algorithm.ts';
import { withKey } from '../../../domain/keys/key-list-changes.ts';
import type { KeyChange } from '../../../services/database/change-keys.ts';
import type { SigningKeyRecord } from '../../../services/database/signing-keys.ts';
import type { TrustDeps } from '../deps.ts';
import { changeOnce } from './change-once.ts';
import { retirePredecessors } from './retire-predecessors.ts';

export type KeyToAdmit = {
  readonly tenant: string;
  readonly orderId: string;
  readonly environment: Environment;
  readonly publicKeyPem: string;
  /** Leaf first; null of a key that was generated here. */
  readonly certificatePem: string | null;
  /** Of Certus the newest key is the one it signs with, and takes the former one's place; tenants may have many at once. */
  readonly holder: SigningKeyRecord['holder'];
  readonly origin: 'generated' | 'uploaded' | 'enrolled';
};

const EVENT = { generated: 'key_generated', uploaded: 'key_uploaded', enrolled: 'key_admitted' } as const;

/** Puts a key on the list of those that count for a tenant; asked again for the same order, it answers the same. */
export async function admitTenantKey(deps: TrustDeps, key: KeyToAdmit): Promise<Record<string, unknown>> {
  const { tenant, environment } = key;
  return changeOnce(deps, key, async (change, listed, at) => {
    const checked = check(key, at);
    requireNew(deps, listed, checked.id);
    const rest =
      key.holder === 'certus' ? await retirePredecessors(deps, change, { ...key, at }, listed) : listed;
    await store(change, key, checked, at);
    return {
      keys: withKey(rest, trusted(deps, key, checked, at)),
      type: EVENT[key.origin],
      about: checked.id,
      result: { key_id: checked.id, tenant, environment },
    };
  });
}

type Checked = {
  readonly id: string;
  readonly publicKeyPem: string;
  readonly algorithm: string;
  readonly certificate: CheckedCertificate | undefined;
};

/** Trust looks for itself: who sent the order may have looked yesterday, or not at all. */
function check({ publicKeyPem, certificatePem }: KeyToAdmit, at: Date): Checked {
  const algorithm = algorithmOfPem(publicKeyPem);
  const id = keyId(publicKeyPem);
  const certificate = certificatePem === null ? undefined : checkCertificateChain(certificatePem, at);
  if (certificate !== undefined && keyId(certificate.publicKeyPem) !== id)
    throw new CertusError('key_mismatch', 'the certificate is not of this key');
  return { id, publicKeyPem, algorithm, certificate };
}

/** A key has one meaning for good: what was revoked does not come back, and a platform's key is nobody's evidence key. */
function requireNew({ keySet }: TrustDeps, listed: readonly TrustedKey[], id: string): void {
  const known = listed.find((key) => key.id === id);
  if (known?.revoked !== undefined) throw new CertusError('key_revoked', `the key ${id} was revoked`);
  if (known !== undefined || keySet.keys.some((key) => key.id === id))
    throw new CertusError('key_in_use', `the key ${id} is registered already`);
}

function trusted(
  { evidenceMaxAgeMs }: TrustDeps,
  { tenant, environment }: KeyToAdmit,
  { id, publicKeyPem, certificate }: Checked,
  at: Date,
): TrustedKey {
  const about = { id, role: 'evidence', tenant, public_key_pem: publicKeyPem, environment } as const;
  if (certificate !== undefined)
    return {
      ...about,
      valid_from: certificate.notBefore.toISOString(),
      valid_until: certificate.notAfter.toISOString(),
      certificate_pem: certificate.certificatePem,
    };
  // A scan that ended just before is signed with this key when it took the former one's place meanwhile. Evidence older
  // than that gets no permit anyway.
  return { ...about, valid_from: new Date(at.getTime() - evidenceMaxAgeMs).toISOString(), valid_until: null };
}

async function store(change: KeyChange, key: KeyToAdmit, checked: Checked, at: Date): Promise<void> {
  await change.putKey({
    tenant: key.tenant,
    id: checked.id,
    environment: key.environment,
    status: 'active',
    signing: key.holder === 'certus' ? true : null,
    holder: key.holder,
    origin: key.origin,
    algorithm: checked.algorithm,
    publicKey: checked.publicKeyPem,
    certificate: checked.certificate?.certificatePem ?? null,
    notBefore: checked.certificate?.notBefore ?? null,
    notAfter: checked.certificate?.notAfter ?? null,
    createdAt: at,
    deactivatedAt: null,
    revokedAt: null,
    revocationReason: null,
    invalidSince: null,
    orderId: key.orderId,
  });
}
