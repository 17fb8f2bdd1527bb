import { createPublicKey, X509Certificate } from 'node:crypto';
import type { Bundle, TransparencyLogEntry } from '@sigstore/bundle';
import { z } from 'zod';
import { strictBase64 } from '../transparency/base64.ts';
import { SigstoreError } from './sigstore-error.ts';
import { readStrictJson } from './strict-json.ts';
import type { TrustedRoot } from './trusted-root.ts';

/**
 * What the library leaves open about the entries of a bundle. It holds an entry to the signature, but not to who is said
 * there to have made it; and it believes the checkpoint, but not what the bundle says beside it.
 */
export function checkLogEntries(
  entries: readonly TransparencyLogEntry[],
  {
    signer,
    times,
    root,
  }: { readonly signer: EntrySigner; readonly times: readonly Date[]; readonly root: TrustedRoot },
): void {
  for (const entry of entries) {
    requireSameSigner(entry, signer);
    requireSameProof(entry);
    requirePlainCheckpoint(entry);
    requireSignedTime(entry);
    if (times.length > 0) requireLogOfThatTime(entry, times, root);
  }
}

/** DER of the certificate or of the public key that made the signature. */
export type EntrySigner = { readonly certificate: Buffer } | { readonly publicKey: Buffer };

export function entrySigner({ verificationMaterial: { content } }: Bundle, publicKey: Buffer): EntrySigner {
  if (content.$case === 'certificate') return { certificate: content.certificate.rawBytes };
  if (content.$case === 'publicKey') return { publicKey };
  const [leaf] = content.x509CertificateChain.certificates;
  return { certificate: leaf?.rawBytes ?? Buffer.alloc(0) };
}

function requireSameSigner(
  { canonicalizedBody, kindVersion }: TransparencyLogEntry,
  signer: EntrySigner,
): void {
  const verifier = verifierOf(canonicalizedBody, `${kindVersion.kind}/${kindVersion.version}`);
  const expected = 'certificate' in signer ? signer.certificate : signer.publicKey;
  if (verifier === undefined || !verifier.equals(expected))
    throw new SigstoreError('log_entry_mismatch', 'the log entry names another signer than the bundle');
}

/** The verifier that an entry names, as DER. */
function verifierOf(body: Buffer, kind: string): Buffer | undefined {
  const read = VERIFIERS[kind];
  const parsed = read?.safeParse(readBody(body));
  if (parsed?.success !== true)
    throw new SigstoreError('log_entry_mismatch', `the log entry is not one of ${kind.slice(0, 80)}`);
  return parsed.data;
}

function readBody(body: Buffer): unknown {
  try {
    return readStrictJson(body, body.length);
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new SigstoreError('log_entry_mismatch', `the log entry is not JSON: ${error.message}`);
    throw error;
  }
}

const Pem = z.base64().transform((text) => fromPem(Buffer.from(text, 'base64').toString('latin1')));
const Verifier = z
  .object({
    x509Certificate: z.object({ rawBytes: z.base64() }).nullish(),
    publicKey: z.object({ rawBytes: z.base64() }).nullish(),
  })
  .transform(({ x509Certificate, publicKey }) =>
    Buffer.from((x509Certificate ?? publicKey)?.rawBytes ?? '', 'base64'),
  );
const one = <T extends z.ZodType>(item: T) => z.tuple([item]).transform(([only]) => only);
const spec = <T extends z.ZodRawShape>(shape: T) => z.object({ spec: z.object(shape) });

const VERIFIERS: Readonly<Record<string, z.ZodType<Buffer | undefined>>> = {
  'hashedrekord/0.0.1': spec({
    signature: z.object({ publicKey: z.object({ content: Pem }) }),
  }).transform((body) => body.spec.signature.publicKey.content),
  'hashedrekord/0.0.2': spec({
    hashedRekordV002: z.object({ signature: z.object({ verifier: Verifier }) }),
  }).transform((body) => body.spec.hashedRekordV002.signature.verifier),
  'dsse/0.0.1': spec({ signatures: one(z.object({ verifier: Pem })) }).transform(
    (body) => body.spec.signatures.verifier,
  ),
  'dsse/0.0.2': spec({
    dsseV002: z.object({ signatures: one(z.object({ verifier: Verifier })) }),
  }).transform((body) => body.spec.dsseV002.signatures.verifier),
  'intoto/0.0.2': spec({
    content: z.object({ envelope: z.object({ signatures: one(z.object({ publicKey: Pem })) }) }),
  }).transform((body) => body.spec.content.envelope.signatures.publicKey),
};

function fromPem(pem: string): Buffer | undefined {
  try {
    return pem.includes('BEGIN CERTIFICATE')
      ? new X509Certificate(pem).raw
      : createPublicKey(pem).export({ type: 'spki', format: 'der' });
  } catch {
    return undefined; // not a verifier, and so not the one of the bundle
  }
}

/** Nobody signs these fields of the bundle: readers who show them should not be lied to. */
function requireSameProof({ inclusionProof, inclusionPromise, logIndex }: TransparencyLogEntry): void {
  if (inclusionProof?.checkpoint === undefined) return;
  const [, size, rootHash] = inclusionProof.checkpoint.envelope.split('\n', 3);
  if (size !== inclusionProof.treeSize || rootHash !== inclusionProof.rootHash.toString('base64'))
    throw new SigstoreError('log_proof_invalid', 'the proof speaks of another tree than its checkpoint');
  // with a promise the log has signed its index, which in a log of many shards is not that of the proof
  if (inclusionPromise === undefined && logIndex !== inclusionProof.logIndex)
    throw new SigstoreError('log_proof_invalid', 'the proof is that of another index');
}

/** A signature that can be written in two ways would give one checkpoint two names, and its text is signed by nobody. */
function requirePlainCheckpoint({ inclusionProof }: TransparencyLogEntry): void {
  const envelope = inclusionProof?.checkpoint?.envelope;
  if (envelope === undefined) return;
  const signatures = envelope.slice(envelope.indexOf('\n\n') + 2);
  const lines = signatures.endsWith('\n') ? signatures.slice(0, -1).split('\n') : [];
  const plain = (line: string) => {
    const [, encoded] = /^\u2014 \S+ (\S+)$/.exec(line) ?? [];
    return encoded !== undefined && strictBase64(encoded) !== undefined;
  };
  if (lines.length === 0 || !lines.every(plain))
    throw new SigstoreError('log_proof_invalid', 'the checkpoint is not signed in the form of a signed note');
}

/** Only with its promise does a log sign a time; one that stands there without it is anybody's. */
function requireSignedTime({ inclusionPromise, integratedTime }: TransparencyLogEntry): void {
  if (inclusionPromise === undefined && integratedTime !== '' && integratedTime !== '0')
    throw new SigstoreError('log_proof_invalid', 'the entry names a time that its log did not sign');
}

/** A checkpoint carries no time: without this, a key that the log gave up long ago could still vouch for new entries. */
function requireLogOfThatTime(
  { logId }: TransparencyLogEntry,
  times: readonly Date[],
  { tlogs }: TrustedRoot,
): void {
  const within = tlogs.some(
    ({ logID, validFor: { start, end } }) =>
      logID.equals(logId.keyId) && times.some((time) => start <= time && time <= end),
  );
  if (!within)
    throw new SigstoreError(
      'log_proof_invalid',
      'the key of the log was not in use when the bundle was signed',
    );
}
