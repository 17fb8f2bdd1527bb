import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { keyId } from '../../contracts/key-id.ts';
import type {
  Applicant,
  CertificateAuthority,
  Continuation,
  Grant,
  IssuedCertificate,
} from './certificate-authority.ts';
import { type GatewayLimits, postJson } from './gateway-exchange.ts';

const base64 = z
  .string()
  .max(64 * 1024)
  .regex(/^[A-Za-z0-9+/]+={0,2}$/);
const TokenAnswer = z.object({
  requestID: z.union([z.string().min(1).max(200), z.number().int()]).transform(String),
  dispositionMessage: z.literal('ISSUED'),
  binarySecurityToken: base64,
  /** It goes into a header. */
  secret: z.string().regex(/^[\x21-\x7e]{1,1024}$/),
});
const SampleAnswer = z.object({ status: z.literal('PASS') });

/** An authority of others that is spoken to by the compliance/production CSID protocol; passwords are its own. */
export function openGatewayAuthority(address: string, limits: GatewayLimits = {}): CertificateAuthority {
  const base = address.replace(/\/+$/, '');
  const post = <T extends z.ZodType>(
    path: string,
    headers: Record<string, string>,
    body: unknown,
    schema: T,
  ): Promise<z.output<T>> => postJson(`${base}${path}`, { headers, body, schema }, limits);
  return {
    passwords: 'its_own',
    requestCompliance: async (applicant, password) => {
      const headers = { OTP: headerSafe(password) };
      const body = { csr: Buffer.from(applicant.csr).toString('base64') };
      const answer = await post('/compliance', headers, body, TokenAnswer);
      return {
        certificate: certificateOf(answer.binarySecurityToken, applicant),
        continuation: {
          request_id: answer.requestID,
          token: answer.binarySecurityToken,
          secret: answer.secret,
        },
      };
    },
    submitSample: async (_applicant, grant, sample) => {
      const { request_id, ...login } = continuationOf(grant);
      const body = { request_id, sample: Buffer.from(sample).toString('base64') };
      await post('/compliance/samples', authorization(login), body, SampleAnswer);
    },
    requestProduction: async (applicant, grant) => {
      const { request_id, ...login } = continuationOf(grant);
      const body = { compliance_request_id: request_id };
      const answer = await post('/production/csids', authorization(login), body, TokenAnswer);
      return certificateOf(answer.binarySecurityToken, applicant);
    },
  };
}

/** A line break in a header would be a header more. */
function headerSafe(password: string | null): string {
  if (password !== null && /^[\x21-\x7e]{4,128}$/.test(password)) return password;
  throw new CertusError('authority_refused', 'this is no password that the gateway could take');
}

function continuationOf({ continuation }: Grant): Continuation {
  if (continuation !== null) return continuation;
  throw new CertusError('authority_refused', 'this enrolment was not begun with the gateway');
}

const authorization = ({ token, secret }: Pick<Continuation, 'token' | 'secret'>) => ({
  Authorization: `Basic ${Buffer.from(`${token}:${secret}`).toString('base64')}`,
});

/** For the key that was asked for and no other: one for somebody else's key would make their signatures ours. */
function certificateOf(token: string, { keyId: expected }: Applicant): IssuedCertificate {
  const certificate = parse(token);
  const publicKeyPem = certificate.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  if (keyId(publicKeyPem) !== expected)
    throw new CertusError('authority_refused', 'the gateway answered with a certificate of another key');
  return {
    serial: certificate.serialNumber.toLowerCase(),
    certificatePem: certificate.toString(),
    notBefore: certificate.validFromDate,
    notAfter: certificate.validToDate,
  };
}

/** The token is the certificate in DER, or its base64 once more: both are in use. */
function parse(token: string): X509Certificate {
  const once = Buffer.from(token, 'base64');
  const der = once[0] === 0x30 ? once : Buffer.from(once.toString('latin1'), 'base64');
  try {
    return new X509Certificate(der);
  } catch {
    throw new CertusError('authority_refused', 'the gateway answered with a token that is no certificate');
  }
}
