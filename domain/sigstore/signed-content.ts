import { constants, createHash, type KeyObject, publicDecrypt, timingSafeEqual } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import { dsse } from '@sigstore/core';
import type { SignedEntity } from '@sigstore/verify';
import { holdsOverDigest } from './ecdsa-digest.ts';
import { hashesForVerifying, holdsUnderKey } from './key-hash.ts';
import { SigstoreError } from './sigstore-error.ts';

type SignatureContent = SignedEntity['signature'];

/** What the signature should be about: the bytes themselves, or only their digest when they are far away. */
export type Artifact = { readonly bytes: Uint8Array } | { readonly sha256: string };

/** What was signed in truth, in the form that the library asks for. The bundle's own word about the digest is held to it. */
export function signedContent({ content }: Bundle, artifact: Artifact | undefined): SignatureContent {
  if (content.$case === 'messageSignature') {
    const { signature, messageDigest } = content.messageSignature;
    return message(signature, HASHES[messageDigest.algorithm], messageDigest.digest, artifact);
  }
  const { payload, payloadType, signatures } = content.dsseEnvelope;
  return envelope(signatures[0]?.sig ?? Buffer.alloc(0), payload, payloadType);
}

function envelope(signature: Buffer, payload: Buffer, payloadType: string): SignatureContent {
  const signed = dsse.preAuthEncoding(payloadType, payload);
  return {
    signature,
    compareSignature: (other) => same(signature, other),
    compareDigest: (digest) => same(hash('sha256', payload), digest),
    compareSignedDigest: (digest) => same(hash('sha256', signed), digest),
    verifySignature: (key) => holdsUnderKey(key, signed, signature),
  };
}

function message(
  signature: Buffer,
  algorithm: string | undefined,
  claimed: Buffer,
  artifact: Artifact | undefined,
): SignatureContent {
  if (artifact === undefined)
    throw new SigstoreError(
      'artifact_required',
      'the bundle signs a file, and neither it nor its digest is given',
    );
  if (algorithm === undefined) throw new SigstoreError('bundle_malformed', 'it names no hash that is known');
  const digest = digestOf(artifact, algorithm);
  if (!same(claimed, digest))
    throw new SigstoreError('digest_mismatch', 'the bundle was made for another file than the one given');
  return {
    signature,
    compareSignature: (other) => same(signature, other),
    compareDigest: (other) => same(digest, other),
    compareSignedDigest: (other) => same(digest, other),
    verifySignature: (key) =>
      'bytes' in artifact
        ? holdsUnderKey(key, artifact.bytes, signature)
        : holdsUnderKeyOverDigest(key, digest, signature),
  };
}

/** By number in the protobuf definitions of Sigstore. */
const HASHES: Readonly<Record<number, string>> = { 1: 'sha256', 2: 'sha384', 3: 'sha512' };

function digestOf(artifact: Artifact, algorithm: string): Buffer {
  if ('bytes' in artifact) return hash(algorithm, artifact.bytes);
  if (algorithm === 'sha256') return Buffer.from(artifact.sha256, 'hex');
  throw new SigstoreError(
    'artifact_required',
    `the bundle names a ${algorithm} digest: the file itself is needed`,
  );
}

function holdsUnderKeyOverDigest(key: KeyObject, digest: Buffer, signature: Buffer): boolean {
  if (!hashesForVerifying(key).includes('sha256'))
    throw new SigstoreError(
      'artifact_required',
      'a signature of such a key is over the file itself, not its digest',
    );
  if (key.asymmetricKeyType === 'ec') return holdsOverDigest(key, digest, signature);
  try {
    const opened = publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature);
    return same(opened, Buffer.concat([SHA256_DIGEST_INFO, digest]));
  } catch {
    return false; // OpenSSL refuses what is not padded as it should be
  }
}

/** RFC 8017, 9.2, note 1. */
const SHA256_DIGEST_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');

const hash = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest();
const same = (a: Uint8Array, b: Uint8Array) => a.byteLength === b.byteLength && timingSafeEqual(a, b);
