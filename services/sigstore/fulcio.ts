import { type KeyObject, sign } from 'node:crypto';
import { z } from 'zod';
import { ask, type Patience } from './ask.ts';
import { checkCertificate } from './check-certificate.ts';
import type { IdentityToken } from './identity-token.ts';
import { orUntrusted, untrusted } from './untrusted.ts';

const SERVICE = 'Fulcio';
const MAX_ANSWER = 256 * 1024;

/** Asks for a certificate of a key that was made for one signature, and gives it (DER) once it is seen to be the one asked for. */
export async function requestCertificate(
  fulcioUrl: string,
  token: IdentityToken,
  { privateKey, publicKey }: { readonly privateKey: KeyObject; readonly publicKey: KeyObject },
  now: () => Date,
  patience: Patience,
): Promise<Buffer> {
  const body = {
    credentials: { oidcIdentityToken: token.raw },
    publicKeyRequest: {
      publicKey: { algorithm: 'ECDSA', content: publicKey.export({ format: 'pem', type: 'spki' }) },
      proofOfPossession: sign('sha256', Buffer.from(token.challenge), privateKey).toString('base64'),
    },
  };
  const answer = await ask(
    SERVICE,
    `${fulcioUrl.replace(/\/+$/, '')}/api/v2/signingCert`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: Buffer.from(JSON.stringify(body)),
      maxBytes: MAX_ANSWER,
    },
    patience,
  );
  const certificate = leafOf(answer.bytes);
  checkCertificate(certificate, publicKey, token, now());
  return certificate;
}

const Chain = z.object({ chain: z.object({ certificates: z.array(z.string()).min(1).max(10) }) });
const Issued = z.object({
  signedCertificateEmbeddedSct: Chain.optional(),
  signedCertificateDetachedSct: Chain.optional(),
});

/** The leaf alone goes into a bundle: who issued it is for the trusted root to say. */
function leafOf(bytes: Uint8Array): Buffer {
  const answer = orUntrusted(SERVICE, 'answers something else than a certificate', () =>
    Issued.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))),
  );
  const { chain } = answer.signedCertificateEmbeddedSct ?? answer.signedCertificateDetachedSct ?? {};
  const base64 = PEM.exec(chain?.certificates[0] ?? '')?.[1];
  if (base64 === undefined) throw untrusted(SERVICE, 'answers without a certificate');
  return Buffer.from(base64, 'base64');
}

const PEM = /^\s*-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*$/;
