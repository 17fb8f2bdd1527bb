import { createHash, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { CertusError } from '../../contracts/errors.ts';
import type { Verification, VerifyItem } from '../../contracts/verification.ts';
import type { Artifact } from '../../domain/sigstore/signed-content.ts';
import { SigstoreError } from '../../domain/sigstore/sigstore-error.ts';
import {
  idOfKey,
  type TenantTrust,
  type TenantVerdict,
  verifyForTenant,
} from '../../domain/sigstore/verify-for-tenant.ts';
import { verifyDetached } from './verify-detached.ts';

type Known = Pick<TenantTrust, 'keySet' | 'root'>;

/** What is not valid is an answer and no error: the question was answered. */
export function verifyItem(item: VerifyItem, known: Known, now: Date): Verification {
  const key = item.key === undefined ? undefined : readKey(item.key);
  const artifact = artifactOf(item);
  try {
    if ('signature' in item) return verifyDetached(item, { ...known, key, now });
    const { bundle, identity, predicate_type: predicateType } = item;
    const bytes = Buffer.from(typeof bundle === 'string' ? bundle : JSON.stringify(bundle));
    const verdict = verifyForTenant(bytes, { ...known, key, now }, { artifact, identity, predicateType });
    return held(verdict, key, now);
  } catch (error) {
    if (error instanceof SigstoreError) return failed(error, now);
    throw error;
  }
}

function readKey(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch (cause) {
    const fields = [{ path: 'key', message: 'is not a public key in PEM' }];
    throw new CertusError('invalid_request', 'the key cannot be read', { cause, fields });
  }
}

function artifactOf({ artifact, artifact_digest }: VerifyItem): Artifact | undefined {
  const given = artifact === undefined ? undefined : readArtifact(artifact);
  if (artifact_digest === undefined) return given;
  const sha256 = artifact_digest.replace('sha256:', '');
  if (given !== undefined && digestOf(given) !== sha256) {
    const fields = [{ path: 'artifact_digest', message: 'is not that of the artifact' }];
    throw new CertusError('invalid_request', 'artifact and digest are of two files', { fields });
  }
  return given ?? { sha256 };
}

const readArtifact = (text: string): Artifact =>
  text.startsWith('sha256:') ? { sha256: text.slice(7) } : { bytes: Buffer.from(text, 'base64') };

const digestOf = (artifact: Artifact): string =>
  'sha256' in artifact ? artifact.sha256 : createHash('sha256').update(artifact.bytes).digest('hex');

function held(
  { verified, by, key: trusted, signedAt }: TenantVerdict,
  key: KeyObject | undefined,
  now: Date,
): Verification {
  const { signer, logIndex, certificates, statement, checks } = verified;
  return {
    valid: true,
    verified_at: now.toISOString(),
    signer: signer.kind === 'certificate' ? signer.subject : (trusted?.id ?? (key && idOfKey(key)) ?? null),
    transparency_index: logIndex === null ? null : Number(logIndex),
    certificate_chain: certificates.map((der) => new X509Certificate(der).toString()),
    believed: by,
    signed_at: signedAt?.toISOString() ?? null,
    predicate_type: statement?.predicateType ?? null,
    checks: [...checks],
    error: null,
  };
}

function failed({ family, code, message }: SigstoreError, now: Date): Verification {
  return {
    valid: false,
    verified_at: now.toISOString(),
    signer: null,
    transparency_index: null,
    certificate_chain: [],
    believed: null,
    signed_at: null,
    predicate_type: null,
    checks: [],
    error: { family, code, message },
  };
}
