import type { TransparencyLogEntry } from '@sigstore/bundle';
import { pem } from '@sigstore/core';
import { z } from 'zod';
import { ask, type Patience } from './ask.ts';
import { type Content, signatureOf, signedDigestOf } from './bundle.ts';
import { checkBody } from './check-body.ts';
import { orUntrusted } from './untrusted.ts';

const SERVICE = 'Rekor';
const MAX_ANSWER = 8 * 1024 * 1024;

/**
 * Has a signature of a certificate kept by a Rekor of the second generation. It answers only when the entry is in a
 * published checkpoint, which takes seconds, and names no time: that is for a timestamp authority. It keeps digests of what
 * was signed, of statements too: entries of envelopes are gone from it.
 */
export async function logInRekorV2(
  content: Content,
  certificatePem: string,
  rekorUrl: string,
  patience: Patience,
): Promise<TransparencyLogEntry> {
  const answer = await ask(
    SERVICE,
    `${rekorUrl.replace(/\/+$/, '')}/api/v2/log/entries`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: Buffer.from(JSON.stringify(entryRequest(content, certificatePem))),
      maxBytes: MAX_ANSWER,
    },
    patience,
  );
  const entry = orUntrusted(SERVICE, 'answers something else than an entry', () => readEntry(answer.bytes));
  checkBody(entry, content, certificatePem);
  return entry;
}

function entryRequest(content: Content, certificatePem: string): object {
  const verifier = {
    x509Certificate: { rawBytes: pem.toDER(certificatePem).toString('base64') },
    // keyless signing makes keys of this kind and no other
    keyDetails: 'PKIX_ECDSA_P256_SHA_256',
  };
  const digest = signedDigestOf(content).toString('base64');
  const signature = { content: signatureOf(content).toString('base64'), verifier };
  return { hashedRekordRequestV002: { digest, signature } };
}

const base64 = z
  .base64()
  .max(MAX_ANSWER)
  .transform((text) => Buffer.from(text, 'base64'));
const number = z.union([z.string().regex(/^\d{1,19}$/), z.int().nonnegative()]).transform(String);
const Entry = z.object({
  logIndex: number.default('0'),
  logId: z.object({ keyId: base64 }),
  kindVersion: z.object({ kind: z.string().max(64), version: z.string().max(64) }),
  inclusionProof: z.object({
    logIndex: number.default('0'),
    treeSize: number,
    rootHash: base64,
    hashes: z.array(base64).max(64).default([]),
    checkpoint: z.object({ envelope: z.string().max(16_384) }),
  }),
  canonicalizedBody: base64,
});

/** A time that such a log names is unsigned: it is left out, so that nobody takes it for a proof. */
const readEntry = (bytes: Uint8Array): TransparencyLogEntry => ({
  ...Entry.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))),
  integratedTime: '0',
  inclusionPromise: undefined,
});
