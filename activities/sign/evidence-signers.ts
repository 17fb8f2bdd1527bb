import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { CertusError } from '../../contracts/errors.ts';
import { keyId } from '../../contracts/key-id.ts';
import type { Environment } from '../../contracts/keys.ts';
import { sealedKeyKey } from '../../contracts/object-keys.ts';
import { signWithKey } from '../../domain/sigstore/key-hash.ts';
import type { Database } from '../../services/database/database.ts';
import { findKey, findSigningKey, type SigningKeyRecord } from '../../services/database/signing-keys.ts';
import type { KeyEncryption } from '../../services/keys/key-encryption.ts';
import { MAX_SEALED_KEY, unsealPrivateKey } from '../../services/keys/sealed-key.ts';
import type { Signer } from '../../services/keys/signer.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';

export type EvidenceSignersDeps = {
  readonly database: Database;
  readonly sealedKeys: ReadableBucket;
  readonly encryption: KeyEncryption | undefined;
  /** Of which environment the key is when nobody says. */
  readonly environment: Environment;
  /** The key in the file of this worker, for the one tenant that it was made for. */
  readonly fallback: { readonly tenant: string; readonly signer: Signer } | undefined;
  readonly now: () => Date;
};

export type EvidenceSigners = {
  /** Signs as the tenant; throws `no_signing_key` when there is none. */
  forTenant(tenant: string, environment?: Environment): Promise<Signer>;
};

/**
 * Finds the key to sign with anew for every use, so that nothing is signed with one after it was replaced or revoked. Only
 * the opened private half is kept for the next time.
 */
export function openEvidenceSigners(deps: EvidenceSignersDeps): EvidenceSigners {
  const opened = new OpenedKeys(deps);
  return {
    forTenant: async (tenant, environment = deps.environment) => {
      const record = await findSigningKey(deps.database, tenant, environment);
      if (record === undefined) return fromFile(deps, tenant, environment);
      requireValid(record, deps.now());
      return signerOf(record, await opened.get(record));
    },
  };
}

/** Nobody would believe what a certificate that has ended signs. */
function requireValid({ id, notBefore, notAfter }: SigningKeyRecord, now: Date): void {
  if (notAfter !== null && now > notAfter)
    throw new CertusError(
      'certificate_expired',
      `the certificate of key ${id} has expired on ${notAfter.toISOString()}: rotate the key`,
    );
  if (notBefore !== null && now < notBefore)
    throw new CertusError('certificate_not_yet_valid', `the certificate of key ${id} is not valid yet`);
}

const signerOf = ({ id, publicKey, certificate }: SigningKeyRecord, privateKey: KeyObject): Signer => ({
  keyId: id,
  publicKeyPem: publicKey,
  ...(certificate === null ? {} : { certificatePem: certificate }),
  sign: async (bytes) => signWithKey(privateKey, bytes),
});

/** Keys in files are of production, and good until something was ordered about them. */
async function fromFile(
  { database, fallback }: EvidenceSignersDeps,
  tenant: string,
  environment: Environment,
): Promise<Signer> {
  if (fallback === undefined || fallback.tenant !== tenant || environment !== 'production')
    throw none(tenant, environment);
  const record = await findKey(database, tenant, fallback.signer.keyId);
  if (record !== undefined && record.status !== 'active') throw none(tenant, environment);
  return fallback.signer;
}

const none = (tenant: string, environment: Environment): CertusError =>
  new CertusError(
    'no_signing_key',
    `tenant ${tenant} has no key to sign with in ${environment}: generate or upload one`,
  );

/** A few, the least recently used goes first: a worker serves more tenants than it should hold keys of. */
const KEPT = 64;

class OpenedKeys {
  readonly #deps: EvidenceSignersDeps;
  readonly #kept = new Map<string, KeyObject>();

  constructor(deps: EvidenceSignersDeps) {
    this.#deps = deps;
  }

  async get(record: SigningKeyRecord): Promise<KeyObject> {
    const name = `${record.tenant}/${record.environment}/${record.id}`;
    const key = this.#kept.get(name) ?? (await this.#open(record));
    this.#kept.delete(name);
    this.#kept.set(name, key);
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value as string);
    return key;
  }

  async #open({ tenant, environment, id }: SigningKeyRecord): Promise<KeyObject> {
    const { sealedKeys, encryption } = this.#deps;
    if (encryption === undefined)
      throw new CertusError('key_unusable', `key ${id} is sealed, and CERTUS_KEY_ENCRYPTION is not set`);
    const bytes = await sealedKeys.read(sealedKeyKey(tenant, environment, id), MAX_SEALED_KEY);
    const pkcs8 = await unsealPrivateKey(encryption, { tenant, environment, keyId: id }, bytes);
    try {
      return requireSame(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }), id);
    } finally {
      pkcs8.fill(0);
    }
  }
}

/** Who seals is not believed about what is inside. */
function requireSame(privateKey: KeyObject, id: string): KeyObject {
  const pem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
  if (keyId(pem) === id) return privateKey;
  throw new CertusError('key_unusable', `what is sealed as key ${id} is another key`);
}
