import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { dsse } from '@sigstore/core';
import { initializeCA, initializeCTLog, initializeTSA } from '@sigstore/mock';
import { canonicalJson } from '../../../contracts/canonical-json.ts';
import { PAYLOAD_TYPE } from '../../../contracts/statements.ts';

/** A Sigstore of our own: its authorities and logs, what they sign, and the trusted root that vouches for them. */
export const SUBJECT = 'https://example.org/build.yml@refs/heads/main';
export const ISSUER = 'https://token.example.org';
export const ARTIFACT = Buffer.from('what is signed');
export const PREDICATE_TYPE = 'https://example.org/review/v1';
const HOST = 'log.example.org';

export type KeyPair = { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
export const newKey = (namedCurve = 'P-256'): KeyPair => generateKeyPairSync('ec', { namedCurve });
const spki = ({ publicKey }: KeyPair) => publicKey.export({ type: 'spki', format: 'der' });
const sha256 = (...parts: readonly Uint8Array[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const bufferOf = (view: ArrayBufferView) => Buffer.from(view.buffer, view.byteOffset, view.byteLength);

/** As JSON is: the tests take it apart and put it together in other ways. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests break
export type Loose = any;

export type Kind = 'message' | 'statement';
export type Recipe = {
  readonly kind: Kind;
  readonly rekor: 1 | 2;
  /** What the certificate says; made by this authority's key at this time, and known to the certificate log or not. */
  readonly subject?: string;
  readonly issuedAt?: Date;
  readonly unlogged?: boolean;
  readonly artifact?: Buffer;
  readonly predicateType?: string;
};

export async function startSigstore() {
  const keys = { ca: newKey(), ctlog: newKey(), tlog: newKey(), tsa: newKey() };
  const ctlog = await initializeCTLog(keys.ctlog);
  const ca = await initializeCA(keys.ca, ctlog);
  const tsa = await initializeTSA(keys.tsa);
  const start = new Date(Date.now() - 3_600_000).toISOString();
  const log = (pair: KeyPair, baseUrl: string) => ({
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: base64(spki(pair)), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor: { start } },
    logId: { keyId: base64(sha256(spki(pair))) },
  });
  const authority = (...certificates: ArrayBufferView[]) => ({
    subject: { organization: 'example', commonName: 'example' },
    uri: 'https://authority.example.org',
    certChain: { certificates: certificates.map((one) => ({ rawBytes: base64(bufferOf(one)) })) },
    validFor: { start },
  });
  const root: Loose = {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [log(keys.tlog, `https://${HOST}`)],
    ctlogs: [log(keys.ctlog, 'https://ct.example.org')],
    certificateAuthorities: [authority(ca.rootCertificate)],
    timestampAuthorities: [authority(tsa.intCertificate, tsa.rootCertificate)],
  };

  async function timestamp(signature: Buffer): Promise<Buffer> {
    const now = new Date();
    now.setMilliseconds(123); // the mock writes some thousandths in a form that no reader takes
    const clocked = await initializeTSA(keys.tsa, now);
    return bufferOf(
      await clocked.timestamp({
        artifactHash: sha256(signature),
        hashAlgorithmOID: '2.16.840.1.101.3.4.2.1',
        nonce: 1,
        policyOID: '1.2.3.4',
      }),
    );
  }

  async function sealed(recipe: Recipe): Promise<Loose> {
    const pair = newKey();
    const { kind, rekor, subject = SUBJECT, issuedAt, unlogged } = recipe;
    const issuing =
      issuedAt || unlogged ? await initializeCA(keys.ca, unlogged ? undefined : ctlog, issuedAt) : ca;
    const certificate = bufferOf(
      await issuing.issueCertificate({
        publicKey: spki(pair),
        subjectAltName: subject,
        extensions: [{ oid: '1.3.6.1.4.1.57264.1.8', value: ISSUER }],
      }),
    );
    const content = signed(recipe, pair.privateKey);
    const body = entryBody(kind, rekor, content, certificate);
    return {
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: {
        certificate: { rawBytes: base64(certificate) },
        tlogEntries: [logEntry(keys.tlog, rekor, body)],
        timestampVerificationData: {
          rfc3161Timestamps:
            rekor === 2 ? [{ signedTimestamp: base64(await timestamp(content.signature)) }] : [],
        },
      },
      ...content.part,
    };
  }
  return { keys, root, sealed, timestamp };
}

type Content = {
  readonly signature: Buffer;
  readonly digest: Buffer;
  readonly payload: Buffer;
  readonly part: object;
};

function signed(
  { kind, artifact = ARTIFACT, predicateType = PREDICATE_TYPE }: Recipe,
  key: KeyObject,
): Content {
  const digest = sha256(artifact);
  if (kind === 'message') {
    const signature = sign('sha256', artifact, key);
    const messageDigest = { algorithm: 'SHA2_256', digest: base64(digest) };
    const part = { messageSignature: { messageDigest, signature: base64(signature) } };
    return { signature, digest, payload: artifact, part };
  }
  const payload = Buffer.from(
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'artifact', digest: { sha256: digest.toString('hex') } }],
      predicateType,
      predicate: { reviewed: true },
    }),
  );
  const pae = dsse.preAuthEncoding(PAYLOAD_TYPE, payload);
  const signature = sign('sha256', pae, key);
  const signatures = [{ sig: base64(signature), keyid: '' }];
  const part = { dsseEnvelope: { payload: base64(payload), payloadType: PAYLOAD_TYPE, signatures } };
  return { signature, digest: sha256(pae), payload, part };
}

function entryBody(kind: Kind, rekor: 1 | 2, { signature, digest, payload }: Content, certificate: Buffer) {
  const pem = `-----BEGIN CERTIFICATE-----\n${base64(certificate).replaceAll(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`;
  const verifier = base64(Buffer.from(pem));
  if (rekor === 2)
    return {
      apiVersion: '0.0.2',
      kind: 'hashedrekord',
      spec: {
        hashedRekordV002: {
          data: { algorithm: 'SHA2_256', digest: base64(digest) },
          signature: {
            content: base64(signature),
            verifier: {
              keyDetails: 'PKIX_ECDSA_P256_SHA_256',
              x509Certificate: { rawBytes: base64(certificate) },
            },
          },
        },
      },
    };
  if (kind === 'message')
    return {
      apiVersion: '0.0.1',
      kind: 'hashedrekord',
      spec: {
        data: { hash: { algorithm: 'sha256', value: digest.toString('hex') } },
        signature: { content: base64(signature), publicKey: { content: verifier } },
      },
    };
  return {
    apiVersion: '0.0.1',
    kind: 'dsse',
    spec: {
      payloadHash: { algorithm: 'sha256', value: sha256(payload).toString('hex') },
      signatures: [{ signature: base64(signature), verifier }],
    },
  };
}

/** An entry between two others, so that the proof has a way to go. */
export function logEntry(tlog: KeyPair, rekor: 1 | 2, body: { kind: string; apiVersion: string }): Loose {
  const canonicalizedBody = Buffer.from(canonicalJson(body));
  const logId = sha256(spki(tlog));
  const leaf = (bytes: Uint8Array) => sha256(Buffer.of(0), bytes);
  const hashes = [leaf(Buffer.from('before')), leaf(Buffer.from('after'))] as const;
  const rootHash = sha256(Buffer.of(1), sha256(Buffer.of(1), hashes[0], leaf(canonicalizedBody)), hashes[1]);
  const note = `${HOST}\n3\n${base64(rootHash)}\n`;
  const noteSignature = Buffer.concat([
    logId.subarray(0, 4),
    sign('sha256', Buffer.from(note), tlog.privateKey),
  ]);
  const integratedTime = Math.floor(Date.now() / 1000);
  const promise = canonicalJson({
    body: base64(canonicalizedBody),
    integratedTime,
    logID: logId.toString('hex'),
    logIndex: rekor === 1 ? 700 : 1,
  });
  return {
    logIndex: rekor === 1 ? '700' : '1',
    logId: { keyId: base64(logId) },
    kindVersion: { kind: body.kind, version: body.apiVersion },
    integratedTime: rekor === 1 ? String(integratedTime) : '0',
    inclusionPromise:
      rekor === 1
        ? { signedEntryTimestamp: base64(sign('sha256', Buffer.from(promise), tlog.privateKey)) }
        : null,
    inclusionProof: {
      logIndex: '1',
      rootHash: base64(rootHash),
      treeSize: '3',
      hashes: hashes.map(base64),
      checkpoint: { envelope: `${note}\n\u2014 ${HOST} ${base64(noteSignature)}\n` },
    },
    canonicalizedBody: base64(canonicalizedBody),
  };
}

export const encode = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
export const copy = (value: Loose): Loose => structuredClone(value);
