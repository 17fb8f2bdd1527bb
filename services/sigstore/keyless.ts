import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import {
  type Bundle,
  type TransparencyLogEntry,
  toDSSEBundle,
  toMessageSignatureBundle,
} from '@sigstore/bundle';
import { dsse, pem } from '@sigstore/core';
import { type SignedEntity, type TrustMaterial, toSignedEntity, Verifier } from '@sigstore/verify';
import { CertusError } from '../../contracts/errors.ts';
import type { Patience } from './ask.ts';
import type { TrustedRoot } from './believe.ts';
import { signatureOf, writeBundle } from './bundle.ts';
import { requestCertificate } from './fulcio.ts';
import { readIdentityToken } from './identity-token.ts';
import { logInRekor } from './rekor.ts';
import { logInRekorV2 } from './rekor-v2.ts';
import { requestTimestamp } from './timestamp.ts';
import { orUntrusted } from './untrusted.ts';

export type RekorLog = { readonly url: string; readonly version: 1 | 2 };

/** Whom to ask. Nobody else is. */
export type KeylessServices = {
  readonly fulcioUrl: string;
  readonly logs: readonly RekorLog[];
  readonly timestampAuthorities: readonly string[];
};

export type KeylessOptions = Patience & {
  /** What the operator pinned. Without it answers are only seen to be about what was asked. */
  readonly trust: TrustedRoot | undefined;
  readonly now: () => Date;
};

export type ToSign =
  | { readonly payload: Uint8Array; readonly payloadType: string }
  | { readonly artifact: Uint8Array };

/**
 * Signs with a key that lives for this call, certified for whoever the token names: a Sigstore bundle v0.3. Nothing is
 * published before the certificate is believed, and nothing is given before all of it is.
 */
export async function signKeyless(
  services: KeylessServices,
  toSign: ToSign,
  identityToken: string,
  { trust, now, ...patience }: KeylessOptions,
): Promise<Uint8Array> {
  needsTime(services);
  const token = readIdentityToken(identityToken, now());
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = await requestCertificate(services.fulcioUrl, token, key, now, patience);
  const bundle = makeBundle(toSign, certificate, (bytes) => sign('sha256', bytes, key.privateKey));
  const artifact = 'artifact' in toSign ? Buffer.from(toSign.artifact) : undefined;
  if (trust !== undefined) checkIssued(bundle, artifact, trust, now());
  const verifierPem = pem.fromDER(certificate);
  const signature = signatureOf(bundle.content);
  const [tlogEntries, timestamps] = await Promise.all([
    Promise.all(services.logs.map((log) => logged(bundle, verifierPem, log, patience))),
    Promise.all(
      services.timestampAuthorities.map((tsaUrl) =>
        requestTimestamp(signature, { tsaUrl, trust, now, ...patience }),
      ),
    ),
  ]);
  const material = bundle.verificationMaterial;
  material.tlogEntries = tlogEntries;
  material.timestampVerificationData = {
    rfc3161Timestamps: timestamps.map((signedTimestamp) => ({ signedTimestamp })),
  };
  if (trust !== undefined) checkWhole(bundle, artifact, trust, services);
  return writeBundle(bundle);
}

/** A certificate of minutes proves nothing later, unless somebody else says when it was used. */
function needsTime({ logs, timestampAuthorities }: KeylessServices): void {
  if (timestampAuthorities.length > 0 || logs.some(({ version }) => version === 1)) return;
  throw new CertusError(
    'invalid_request',
    'Keyless signing needs a timestamp authority, or a Rekor that tells the time.',
  );
}

function makeBundle(toSign: ToSign, certificate: Buffer, signed: (bytes: Buffer) => Buffer): Bundle {
  if ('artifact' in toSign) {
    const artifact = Buffer.from(toSign.artifact);
    const digest = createHash('sha256').update(artifact).digest();
    return toMessageSignatureBundle({
      digest,
      signature: signed(artifact),
      certificate,
      certificateChain: false,
    });
  }
  const artifact = Buffer.from(toSign.payload);
  const artifactType = toSign.payloadType;
  const signature = signed(dsse.preAuthEncoding(artifactType, artifact));
  return toDSSEBundle({ artifact, artifactType, signature, certificate, certificateChain: false });
}

/** Does it come from a certificate authority of the trusted root, as of now, and was it shown to a log of certificates? */
function checkIssued(bundle: Bundle, artifact: Buffer | undefined, trust: TrustedRoot, now: Date): void {
  orUntrusted('Fulcio', 'answers with a certificate that is not to be believed', () => {
    const entity = toSignedEntity(bundle, artifact);
    const ctlogThreshold = Math.min(trust.ctlogs.length, 1);
    const verifier = new Verifier(withoutKeys(trust), {
      ctlogThreshold,
      tlogThreshold: 0,
      timestampThreshold: 1,
    });
    verifier.verify({ ...entity, tlogEntries: [], timestamps: [ourOwnClock(now)] });
  });
}

/** The moment of signing is ours to say, to ourselves. */
const ourOwnClock = (now: Date): SignedEntity['timestamps'][number] => ({
  $case: 'transparency-log',
  tlogEntry: {
    logIndex: '0',
    logId: { keyId: Buffer.alloc(0) },
    kindVersion: { kind: '', version: '' },
    integratedTime: String(Math.floor(now.getTime() / 1000)),
    inclusionPromise: { signedEntryTimestamp: Buffer.alloc(0) },
    inclusionProof: undefined,
    canonicalizedBody: Buffer.alloc(0),
  },
});

async function logged(
  { content }: Bundle,
  certificatePem: string,
  { url, version }: RekorLog,
  patience: Patience,
): Promise<TransparencyLogEntry> {
  if (version === 2) return logInRekorV2(content, certificatePem, url, patience);
  return (await logInRekor(content, certificatePem, url, patience)).entry;
}

/** Nothing that is signed here is signed with a key that was known before. */
const withoutKeys = (trust: TrustedRoot): TrustMaterial => ({
  ...trust,
  publicKey: () => {
    throw new CertusError('internal_error', 'A keyless bundle names a key.');
  },
});

function checkWhole(
  bundle: Bundle,
  artifact: Buffer | undefined,
  trust: TrustedRoot,
  { logs, timestampAuthorities }: KeylessServices,
): void {
  orUntrusted('Sigstore', 'gives what does not verify', () => {
    const verifier = new Verifier(withoutKeys(trust), {
      ctlogThreshold: Math.min(trust.ctlogs.length, 1),
      tlogThreshold: logs.length,
      timestampThreshold: Math.max(timestampAuthorities.length, 1),
    });
    verifier.verify(toSignedEntity(bundle, artifact));
  });
}
