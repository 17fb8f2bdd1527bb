import { createHash } from 'node:crypto';
import type { TransparencyLogEntry } from '@sigstore/bundle';
import { z } from 'zod';
import { ask, type Patience } from './ask.ts';
import { type Content, signatureOf } from './bundle.ts';
import { checkBody } from './check-body.ts';
import { orUntrusted, untrusted } from './untrusted.ts';

const SERVICE = 'Rekor';
const MAX_ANSWER = 8 * 1024 * 1024;

export type LoggedEntry = { readonly uuid: string; readonly entry: TransparencyLogEntry };

/**
 * Has a signature kept by a Rekor of the first generation. What it keeps already is fetched: asking twice makes no second
 * entry. The entry is seen to be about this signature and this key before it is given.
 */
export async function logInRekor(
  content: Content,
  verifierPem: string,
  rekorUrl: string,
  patience: Patience,
): Promise<LoggedEntry> {
  const entries = `${rekorUrl.replace(/\/+$/, '')}/api/v1/log/entries`;
  const headers = { accept: 'application/json' };
  const created = await ask(
    SERVICE,
    entries,
    {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(proposedEntry(content, verifierPem))),
      maxBytes: MAX_ANSWER,
      accepted: [409],
    },
    patience,
  );
  // the address is made anew from the name: where a server points to is no reason to go there
  const kept =
    created.status === 409
      ? await ask(
          SERVICE,
          `${entries}/${nameOf(created.header('location'))}`,
          { method: 'GET', headers, maxBytes: MAX_ANSWER },
          patience,
        )
      : created;
  const logged = orUntrusted(SERVICE, 'answers something else than an entry', () => readEntry(kept.bytes));
  checkBody(logged.entry, content, verifierPem);
  return logged;
}

function proposedEntry(content: Content, verifierPem: string): object {
  const verifier = Buffer.from(verifierPem).toString('base64');
  if (content.$case === 'messageSignature') {
    const { messageDigest } = content.messageSignature;
    const hash = { algorithm: 'sha256', value: messageDigest.digest.toString('hex') };
    const signature = {
      content: signatureOf(content).toString('base64'),
      publicKey: { content: verifier },
    };
    return { apiVersion: '0.0.1', kind: 'hashedrekord', spec: { data: { hash }, signature } };
  }
  const { payload, payloadType } = content.dsseEnvelope;
  const envelope = {
    payload: payload.toString('base64'),
    payloadType,
    signatures: [{ sig: signatureOf(content).toString('base64') }],
  };
  const proposedContent = { envelope: JSON.stringify(envelope), verifiers: [verifier] };
  return { apiVersion: '0.0.1', kind: 'dsse', spec: { proposedContent } };
}

function nameOf(location: string | undefined): string {
  const name = location?.split('/').at(-1) ?? '';
  if (!NAME.test(name)) throw untrusted(SERVICE, 'says that it has the entry, and not which one');
  return name;
}

/** A leaf hash, with the number of its tree before it in a log of many trees. */
const NAME = /^(?:[0-9a-f]{16})?[0-9a-f]{64}$/;

const count = z.int().nonnegative();
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const base64 = z.base64().max(MAX_ANSWER);
const Kept = z.object({
  body: base64,
  integratedTime: count,
  logID: hash,
  logIndex: count,
  verification: z.object({
    signedEntryTimestamp: base64,
    inclusionProof: z.object({
      checkpoint: z.string().max(16_384),
      hashes: z.array(hash).max(64),
      logIndex: count,
      rootHash: hash,
      treeSize: count,
    }),
  }),
});
const Answer = z.record(z.string().regex(NAME), Kept);
const Kind = z.object({ kind: z.string().max(64), apiVersion: z.string().max(64) });

function readEntry(bytes: Uint8Array): LoggedEntry {
  const [only, ...more] = Object.entries(Answer.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))));
  if (only === undefined || more.length > 0)
    throw untrusted(SERVICE, 'answers with more or less than one entry');
  const [uuid, { body, integratedTime, logID, logIndex, verification }] = only;
  const { checkpoint, hashes, rootHash, ...place } = verification.inclusionProof;
  const canonicalizedBody = Buffer.from(body, 'base64');
  if (!uuid.endsWith(leafHash(canonicalizedBody))) throw untrusted(SERVICE, 'names its entry wrongly');
  const { kind, apiVersion } = Kind.parse(JSON.parse(canonicalizedBody.toString('utf8')));
  const entry = {
    logIndex: String(logIndex),
    logId: { keyId: Buffer.from(logID, 'hex') },
    kindVersion: { kind, version: apiVersion },
    integratedTime: String(integratedTime),
    inclusionPromise: { signedEntryTimestamp: Buffer.from(verification.signedEntryTimestamp, 'base64') },
    inclusionProof: {
      logIndex: String(place.logIndex),
      treeSize: String(place.treeSize),
      rootHash: Buffer.from(rootHash, 'hex'),
      hashes: hashes.map((each) => Buffer.from(each, 'hex')),
      checkpoint: { envelope: checkpoint },
    },
    canonicalizedBody,
  };
  return { uuid, entry };
}

/** RFC 6962: an entry goes by it, so that a name is not the log's to choose. */
export const leafHash = (body: Buffer): string =>
  createHash('sha256').update(Buffer.of(0)).update(body).digest('hex');
