import type { KeyObject } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import { type SignedEntity, type Signer, toSignedEntity, Verifier } from '@sigstore/verify';
import { CLOCK_TOLERANCE_MS } from '../custody/clock-tolerance.ts';
import { requireCertificateForSigning, requireNoRootInChain } from './certificate-checks.ts';
import { explain } from './explain.ts';
import { hashesForVerifying } from './key-hash.ts';
import { checkLogEntries, entrySigner } from './log-checks.ts';
import { parseBundle } from './parse-bundle.ts';
import { type Artifact, signedContent } from './signed-content.ts';
import { SigstoreError } from './sigstore-error.ts';
import { requireStatement, type VerifiedStatement } from './statement-checks.ts';
import type { TrustedRoot } from './trusted-root.ts';

/** Whom a verifier believes: whoever a trusted root vouches for, or one key, or one key and the logs of a root. */
export type SigstoreTrust = {
  readonly root?: TrustedRoot | undefined;
  readonly key?: KeyObject | undefined;
  readonly now: Date;
};

export type Expected = {
  readonly artifact?: Artifact | undefined;
  readonly predicateType?: string | undefined;
  /** Both exactly, character by character; needed unless a key is given. */
  readonly identity?: { readonly subject: string; readonly issuer: string } | undefined;
};

export type VerifiedBundle = {
  readonly bundle: Bundle;
  readonly signer:
    | { readonly kind: 'key' }
    | { readonly kind: 'certificate'; readonly subject: string; readonly issuer: string };
  /** Leaf first, DER. */
  readonly certificates: readonly Buffer[];
  /** Times that a log or an authority vouches for, and not only the signer. */
  readonly times: readonly Date[];
  readonly logIndex: string | null;
  readonly statement: VerifiedStatement | null;
  readonly checks: readonly Check[];
};

export type Check =
  | 'signature'
  | 'certificate'
  | 'certificate_log'
  | 'timestamp'
  | 'log_entry'
  | 'artifact'
  | 'predicate'
  | 'identity';

/** Verifies a Sigstore bundle without asking anybody. Throws SigstoreError, and nothing else, when it does not hold. */
export function verifySigstoreBundle(
  bytes: Uint8Array,
  trust: SigstoreTrust,
  expected: Expected = {},
): VerifiedBundle {
  const bundle = parseBundle(bytes);
  const entity = explain(() => readEntity(bundle, trust, expected.artifact));
  return explain(() => verifyEntity(bundle, entity, trust, expected), entity);
}

function readEntity(bundle: Bundle, trust: SigstoreTrust, artifact: Artifact | undefined): SignedEntity {
  for (const entry of bundle.verificationMaterial.tlogEntries) {
    // bundles of the first version may hold a proof that leads to no checkpoint; there the log's promise is what counts
    if (entry.inclusionPromise !== undefined && entry.inclusionProof?.checkpoint === undefined)
      entry.inclusionProof = undefined;
  }
  const entity = { ...toSignedEntity(bundle), signature: signedContent(bundle, artifact) };
  const { key } = trust;
  if (key !== undefined && hashesForVerifying(key).length === 0)
    throw new SigstoreError('key_unusable', 'no signature of a key of this kind is believed');
  if (key === undefined && entity.key.$case === 'public-key')
    throw new SigstoreError('untrusted_signer', 'the bundle was signed with a key, and none is trusted');
  if (key === undefined || entity.key.$case === 'public-key') return entity;
  // whoever trusts the key itself does not ask who certified it
  if (!entity.key.certificate.publicKey.equals(spkiOf(key)))
    throw new SigstoreError('untrusted_signer', 'the certificate of the bundle is not of the trusted key');
  return { ...entity, key: { $case: 'public-key', hint: '' } };
}

const spkiOf = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });

function verifyEntity(
  bundle: Bundle,
  entity: SignedEntity,
  { root, key, now }: SigstoreTrust,
  { artifact, predicateType, identity }: Expected,
): VerifiedBundle {
  const times = timesOf(entity, now);
  requireEnough(entity, times, root, key === undefined);
  const leaf = entity.key.$case === 'certificate' ? entity.key.certificate : undefined;
  if (leaf !== undefined) {
    requireNoRootInChain(bundle);
    requireCertificateForSigning(leaf);
  }
  const signer = signerOf(entity, root, key);
  if (root !== undefined && entity.tlogEntries.length > 0) {
    const by = entrySigner(bundle, spkiOf(signer.key));
    checkLogEntries(entity.tlogEntries, { signer: by, times, root });
  }
  const statement = requireStatement(bundle, artifact, predicateType);
  const found = {
    subject: signer.identity?.subjectAlternativeName ?? '',
    issuer: signer.identity?.extensions?.issuer ?? '',
  };
  if (identity !== undefined) requireIdentity(leaf === undefined ? undefined : found, identity);
  return {
    bundle,
    signer: leaf === undefined ? { kind: 'key' } : { kind: 'certificate', ...found },
    certificates: certificatesOf(bundle),
    times,
    logIndex: entity.tlogEntries[0]?.logIndex ?? null,
    statement,
    checks: [
      'signature',
      ...(leaf === undefined ? [] : (['certificate', 'certificate_log'] as const)),
      ...(times.length === 0 ? [] : (['timestamp'] as const)),
      ...(entity.tlogEntries.length === 0 ? [] : (['log_entry'] as const)),
      ...(artifact === undefined ? [] : (['artifact'] as const)),
      ...(predicateType === undefined ? [] : (['predicate'] as const)),
      ...(identity === undefined ? [] : (['identity'] as const)),
    ],
  };
}

function signerOf(entity: SignedEntity, root: TrustedRoot | undefined, key: KeyObject | undefined): Signer {
  if (key === undefined)
    return new Verifier({ ...(root ?? NOBODY), publicKey: noKey }, FROM_AUTHORITY).verify(entity);
  if (entity.tlogEntries.length + entity.timestamps.length > 0) {
    const publicKey = () => ({ publicKey: key, validFor: () => true });
    return new Verifier({ ...(root ?? NOBODY), publicKey }, UNDER_KEY).verify(entity);
  }
  // a key and a signature: there is nothing that the library would add
  if (!entity.signature.verifySignature(key))
    throw new SigstoreError('signature_invalid', 'the signature does not hold under the trusted key');
  return { key };
}

function noKey(): never {
  throw new SigstoreError('untrusted_signer', 'no key is trusted');
}

const FROM_AUTHORITY = { tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 1 };
/** Whoever trusts a key need not ask a log; what the bundle brings must hold all the same. */
const UNDER_KEY = { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 };
const NOBODY: TrustedRoot = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] };

const GRANTED: readonly bigint[] = [0n, 1n];

/** Only an entry that its log promised carries a time; the verifier holds each of these to its signature. */
function timesOf({ timestamps }: SignedEntity, now: Date): Date[] {
  return timestamps.flatMap((timestamp) => {
    if (timestamp.$case === 'transparency-log') {
      const { inclusionPromise, integratedTime } = timestamp.tlogEntry;
      return inclusionPromise === undefined
        ? []
        : [requirePast(new Date(Number(integratedTime) * 1000), now)];
    }
    if (!GRANTED.includes(timestamp.timestamp.status))
      throw new SigstoreError('timestamp_invalid', 'the authority refused the timestamp');
    return [requirePast(timestamp.timestamp.signingTime, now)];
  });
}

function requirePast(time: Date, now: Date): Date {
  if (time.getTime() <= now.getTime() + CLOCK_TOLERANCE_MS) return time;
  throw new SigstoreError('timestamp_invalid', 'the bundle was signed in the future');
}

/** Told apart from proofs that are there and wrong: who lacks one may still bring it. */
function requireEnough(
  { tlogEntries, timestamps }: SignedEntity,
  times: readonly Date[],
  root: TrustedRoot | undefined,
  byCertificate: boolean,
): void {
  const brings = tlogEntries.length + timestamps.length > 0;
  if (root === undefined && (byCertificate || brings))
    throw new SigstoreError(
      'certificate_untrusted',
      'no trusted root is given, and the bundle needs one to be checked',
    );
  if (!byCertificate) return;
  if (tlogEntries.length === 0)
    throw new SigstoreError('log_entry_missing', 'no transparency log knows of this signature');
  if (times.length === 0)
    throw new SigstoreError('timestamp_missing', 'nobody vouches for the time at which it was signed');
}

type Identity = { readonly subject: string; readonly issuer: string };

function requireIdentity(found: Identity | undefined, expected: Identity): void {
  if (found === undefined)
    throw new SigstoreError('identity_mismatch', 'it was signed with a key, which names nobody');
  for (const part of ['subject', 'issuer'] as const) {
    if (found[part] !== expected[part])
      throw new SigstoreError('identity_mismatch', `the ${part} is ${found[part].slice(0, 200) || '(none)'}`);
  }
}

function certificatesOf({ verificationMaterial: { content } }: Bundle): Buffer[] {
  if (content.$case === 'certificate') return [content.certificate.rawBytes];
  if (content.$case === 'publicKey') return [];
  return content.x509CertificateChain.certificates.map(({ rawBytes }) => rawBytes);
}
