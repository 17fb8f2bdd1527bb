import { createPublicKey, X509Certificate } from 'node:crypto';
import { type Bundle, isBundleWithDsseEnvelope, isBundleWithMessageSignature } from '@sigstore/bundle';
import { dsse } from '@sigstore/core';
import { z } from 'zod';
import { keyId } from '../../contracts/key-id.ts';
import type { KeyRole, KeySet, TrustedKey } from '../../contracts/keys.ts';
import { AnyStatement } from '../../contracts/signing.ts';
import { PAYLOAD_TYPE, SIGSTORE_BUNDLE_MEDIA_TYPE, STATEMENT_TYPE } from '../../contracts/statements.ts';
import { holdsUnderKey } from '../sigstore/key-hash.ts';
import { idInHint } from '../sigstore/key-hint.ts';
import { CustodyError } from './custody-error.ts';
import { sha256 } from './digest.ts';
import { readBundle, readPayload } from './read-signed.ts';

export type OpenedSignature = {
  readonly kind: 'statement' | 'message';
  /** The id of the key; of who needs none, whom the certificate names. */
  readonly signer: string;
  /** sha256 of everything that it is about. */
  readonly subjects: readonly string[];
  readonly predicateType: string | null;
  readonly statement: AnyStatement | undefined;
};

type Expected = {
  readonly keySet: KeySet;
  readonly role: KeyRole;
  readonly tenant: string;
  /** When the key must be good: nothing in such a bundle says when it was made. */
  readonly at: Date;
  /** Of a message, what was signed. */
  readonly content?: Uint8Array | undefined;
};

/** Believes what was signed on request, a statement of any kind or plain bytes, under a key of this role and tenant. */
export function openSignature(bytes: Uint8Array, expected: Expected): OpenedSignature {
  const bundle = parse(bytes);
  const key = findKey(bundle, expected);
  requireGood(key, expected.at);
  return isBundleWithDsseEnvelope(bundle)
    ? openEnvelope(bundle.content.dsseEnvelope, key)
    : openMessage(bundle, key, expected.content);
}

function parse(bytes: Uint8Array): Bundle {
  const bundle = readBundle(bytes);
  if (bundle.mediaType !== SIGSTORE_BUNDLE_MEDIA_TYPE)
    throw new CustodyError('malformed', `it is not of the type ${SIGSTORE_BUNDLE_MEDIA_TYPE}`);
  return bundle;
}

/** By the id that the bundle names, or by the very certificate that the key is trusted with. */
function findKey(
  { verificationMaterial: { content } }: Bundle,
  { keySet, role, tenant }: Expected,
): TrustedKey {
  const leaf = content.$case === 'certificate' ? certificateIn(content.certificate.rawBytes) : undefined;
  const id = leaf === undefined ? hintIn(content) : idOf(leaf);
  const key = keySet.keys.find((candidate) => candidate.id === id && candidate.role === role);
  if (key === undefined || (key.tenant !== null && key.tenant !== tenant))
    throw new CustodyError('untrusted_signer', `no ${role} key ${id || '(none named)'} is trusted here`);
  if (leaf !== undefined && !isItsCertificate(leaf, key))
    throw new CustodyError('untrusted_signer', `the certificate is not the one of the key ${id}`);
  return key;
}

const hintIn = (content: Bundle['verificationMaterial']['content']): string =>
  content.$case === 'publicKey' ? idInHint(content.publicKey.hint) : '';

function certificateIn(der: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch {
    throw new CustodyError('malformed', 'it carries a certificate that is none');
  }
}

const idOf = (leaf: X509Certificate): string =>
  keyId(leaf.publicKey.export({ type: 'spki', format: 'pem' }).toString());

const isItsCertificate = (leaf: X509Certificate, { certificate_pem }: TrustedKey): boolean =>
  certificate_pem !== undefined && new X509Certificate(certificate_pem).raw.equals(leaf.raw);

/** What a revoked key signs today, nobody believes. */
function requireGood({ id, valid_from, valid_until, certificate_pem, revoked }: TrustedKey, at: Date): void {
  const time = at.getTime();
  if (revoked !== undefined) throw new CustodyError('key_revoked', `the key ${id} was revoked`);
  if (time < Date.parse(valid_from) - CLOCK_TOLERANCE_MS)
    throw new CustodyError('key_not_valid_then', `the key ${id} is not valid yet`);
  if (valid_until !== null && time >= Date.parse(valid_until))
    throw new CustodyError(
      certificate_pem === undefined ? 'key_not_valid_then' : 'certificate_expired',
      `the key ${id} is no longer valid`,
    );
}

/** A key may be used in the moment in which Trust, by another clock, has taken it in. */
const CLOCK_TOLERANCE_MS = 60_000;

type Envelope = { payload: Buffer; payloadType: string; signatures: readonly { sig: Buffer }[] };

function openEnvelope({ payload, payloadType, signatures }: Envelope, key: TrustedKey): OpenedSignature {
  const [signature] = signatures;
  if (payloadType !== PAYLOAD_TYPE || signature === undefined || signatures.length !== 1)
    throw new CustodyError('malformed', 'it is not one in-toto statement with one signature');
  requireHolds(key, dsse.preAuthEncoding(payloadType, payload), signature.sig);
  const statement = parseStatement(payload);
  const subjects = statement.subject.map(({ digest }) => digest.sha256 ?? '');
  return { kind: 'statement', signer: key.id, subjects, predicateType: statement.predicateType, statement };
}

/** cosign still writes the version before, which says the same. */
const InEitherVersion = AnyStatement.extend({
  _type: z
    .enum([STATEMENT_TYPE, 'https://in-toto.io/Statement/v0.1'])
    .transform((): typeof STATEMENT_TYPE => STATEMENT_TYPE),
});

function parseStatement(payload: Buffer): AnyStatement {
  const parsed = InEitherVersion.safeParse(readPayload(payload));
  if (parsed.success) return parsed.data;
  throw new CustodyError('malformed', `it is not a statement: ${parsed.error.issues[0]?.message ?? ''}`);
}

function openMessage(bundle: Bundle, key: TrustedKey, content: Uint8Array | undefined): OpenedSignature {
  if (!isBundleWithMessageSignature(bundle) || content === undefined)
    throw new CustodyError('malformed', 'what was signed is not there');
  const { messageDigest, signature } = bundle.content.messageSignature;
  requireHolds(key, content, signature);
  const digest = sha256(content);
  // a reader may take the digest for what was signed without looking at the content
  if (messageDigest.digest.toString('hex') !== digest)
    throw new CustodyError('hash_mismatch', 'the bundle names another digest than that of what was signed');
  return { kind: 'message', signer: key.id, subjects: [digest], predicateType: null, statement: undefined };
}

function requireHolds(key: TrustedKey, bytes: Uint8Array, signature: Uint8Array): void {
  if (!holdsUnderKey(createPublicKey(key.public_key_pem), bytes, signature))
    throw new CustodyError('signature_invalid', `the signature does not hold under the key ${key.id}`);
}
