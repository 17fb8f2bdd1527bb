import { createHash } from 'node:crypto';
import type { TransparencyLogEntry } from '@sigstore/bundle';
import { pem } from '@sigstore/core';
import { z } from 'zod';
import { type Content, signatureOf, signedDigestOf } from './bundle.ts';
import { orUntrusted, untrusted } from './untrusted.ts';

const SERVICE = 'Rekor';

/**
 * Is the entry about this signature, of this key, over this content? An entry of another artifact is just as well included
 * in the log, and proves nothing about ours. Libraries compare no keys here: an entry under a key of somebody else would do.
 */
export function checkBody(entry: TransparencyLogEntry, content: Content, verifierPem: string): void {
  const kept = orUntrusted(SERVICE, 'answers with an entry that cannot be read', () => readBody(entry));
  const digest = kept && digestOf(content, kept.of);
  if (kept === undefined || digest === undefined)
    throw untrusted(SERVICE, 'answers with an entry of another kind');
  if (!kept.digest.equals(digest)) throw untrusted(SERVICE, 'answers with an entry of another artifact');
  if (!kept.signature.equals(signatureOf(content)))
    throw untrusted(SERVICE, 'answers with an entry of another signature');
  if (!kept.verifier.equals(pem.toDER(verifierPem)))
    throw untrusted(SERVICE, 'answers with an entry of another key');
}

function digestOf(content: Content, of: Kept['of']): Buffer | undefined {
  if (of === 'signed') return signedDigestOf(content);
  if ((of === 'payload') !== (content.$case === 'dsseEnvelope')) return undefined;
  return content.$case === 'dsseEnvelope'
    ? createHash('sha256').update(content.dsseEnvelope.payload).digest()
    : signedDigestOf(content);
}

type Kept = {
  /** Which digest it keeps: that of the artifact, of the payload of an envelope, or of whatever was signed. */
  readonly of: 'artifact' | 'payload' | 'signed';
  readonly digest: Buffer;
  readonly signature: Buffer;
  /** A key or a certificate, DER. */
  readonly verifier: Buffer;
};

const base64 = z
  .base64()
  .max(64 * 1024)
  .transform((text) => Buffer.from(text, 'base64'));
const hex = z
  .hex()
  .length(64)
  .transform((text) => Buffer.from(text, 'hex'));
const pemInBase64 = base64.transform((text) => pem.toDER(text.toString('utf8')));
const verifier = z
  .object({
    publicKey: z.object({ rawBytes: base64 }).optional(),
    x509Certificate: z.object({ rawBytes: base64 }).optional(),
  })
  .transform(({ publicKey, x509Certificate }) => (publicKey ?? x509Certificate)?.rawBytes ?? Buffer.alloc(0));

const Hashed1 = z
  .object({
    data: z.object({ hash: z.object({ algorithm: z.literal('sha256'), value: hex }) }),
    signature: z.object({ content: base64, publicKey: z.object({ content: pemInBase64 }) }),
  })
  .transform(({ data, signature }) => ({
    of: 'artifact' as const,
    digest: data.hash.value,
    signature: signature.content,
    verifier: signature.publicKey.content,
  }));
const Dsse1 = z
  .object({
    payloadHash: z.object({ algorithm: z.literal('sha256'), value: hex }),
    signatures: z.tuple([z.object({ signature: base64, verifier: pemInBase64 })]),
  })
  .transform(({ payloadHash, signatures: [only] }) => ({
    of: 'payload' as const,
    digest: payloadHash.value,
    ...only,
  }));
const Hashed2 = z
  .object({
    hashedRekordV002: z.object({
      data: z.object({ algorithm: z.literal('SHA2_256'), digest: base64 }),
      signature: z.object({ content: base64, verifier }),
    }),
  })
  .transform(({ hashedRekordV002: { data, signature } }) => ({
    of: 'signed' as const,
    digest: data.digest,
    signature: signature.content,
    verifier: signature.verifier,
  }));

const KINDS: ReadonlyMap<string, z.ZodType<Kept>> = new Map<string, z.ZodType<Kept>>([
  ['hashedrekord 0.0.1', Hashed1],
  ['dsse 0.0.1', Dsse1],
  ['hashedrekord 0.0.2', Hashed2],
]);
const Body = z.object({ kind: z.string(), apiVersion: z.string(), spec: z.unknown() });

function readBody({ canonicalizedBody, kindVersion }: TransparencyLogEntry): Kept | undefined {
  const { kind, apiVersion, spec } = Body.parse(JSON.parse(canonicalizedBody.toString('utf8')));
  if (kind !== kindVersion.kind || apiVersion !== kindVersion.version) return undefined;
  return KINDS.get(`${kind} ${apiVersion}`)?.parse(spec);
}
