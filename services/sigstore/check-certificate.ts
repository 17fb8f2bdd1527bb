import type { KeyObject } from 'node:crypto';
import { X509Certificate } from '@sigstore/core';
import type { IdentityToken } from './identity-token.ts';
import { orUntrusted, untrusted } from './untrusted.ts';

const SERVICE = 'Fulcio';
const ISSUER = '1.3.6.1.4.1.57264.1.8';
const ISSUER_OF_OLD = '1.3.6.1.4.1.57264.1.1';

/**
 * Is it the certificate that was asked for? One for another key would make our signature somebody else's, one for another
 * identity would publish under a name that nobody gave us, and one that is not valid now proves nothing.
 */
export function checkCertificate(der: Buffer, publicKey: KeyObject, token: IdentityToken, now: Date): void {
  const seen = orUntrusted(SERVICE, 'answers with a certificate that cannot be read', () => {
    const certificate = X509Certificate.parse(Buffer.from(der));
    return {
      key: certificate.publicKey,
      identity: identityOf(certificate),
      issuer: issuerOf(certificate),
      valid: certificate.validForDate(now),
      authority: certificate.isCA,
    };
  });
  if (!seen.key.equals(publicKey.export({ format: 'der', type: 'spki' })))
    throw untrusted(SERVICE, 'answers with a certificate for another key');
  if (!seen.valid) throw untrusted(SERVICE, 'answers with a certificate that is not valid now');
  if (seen.authority) throw untrusted(SERVICE, 'answers with the certificate of an authority');
  if (seen.identity === undefined || !token.identities.includes(seen.identity))
    throw untrusted(SERVICE, 'answers with a certificate for another identity than that of the token');
  if (seen.issuer === undefined || !token.issuers.includes(seen.issuer))
    throw untrusted(SERVICE, 'answers with a certificate that names another issuer than the token');
}

/** By its bytes: the library drops the highest bit of each, and then other names read like ours. */
function identityOf(certificate: X509Certificate): string | undefined {
  const [only, ...more] = certificate.extension(ALTERNATIVE_NAME)?.valueObj.subs[0]?.subs ?? [];
  const named = only?.tag.isContextSpecific(EMAIL) || only?.tag.isContextSpecific(URI);
  return named && more.length === 0 ? only?.value.toString('utf8') : undefined;
}

const ALTERNATIVE_NAME = '2.5.29.17';
/** RFC 5280, 4.2.1.6. */
const EMAIL = 1;
const URI = 6;

function issuerOf(certificate: X509Certificate): string | undefined {
  const current = certificate.extension(ISSUER)?.valueObj.subs[0]?.value;
  return (current ?? certificate.extension(ISSUER_OF_OLD)?.value)?.toString('utf8');
}
