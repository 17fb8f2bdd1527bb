import { z } from 'zod';
import { CertificateStatus, SerialNumber } from '../../contracts/enrolment.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { ReadRevocationList } from '../../services/authority/read-revocation-list.ts';
import { wasIssued } from '../../services/database/issued-certificates.ts';
import { newestRevocationList, type RevocationListRecord } from '../../services/database/revocation-lists.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { statusExample } from './examples.ts';

/** What the built-in authority says to everybody: who it is, and what it takes back. */
export function authorityRoutes(deps: ApiDeps): Route[] {
  return [certificates(deps), revocationList(deps), status(deps)];
}

const certificates = ({ trust }: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/authority/certificates',
    id: 'getAuthorityCertificates',
    summary: 'The certificates of the built-in authority',
    description: 'In PEM: the issuing one, then its root.',
    tag: 'enrolment',
    auth: 'none',
    answers: {
      200: {
        description: 'Certificates.',
        schema: z.string(),
        contentType: 'application/pem-certificate-chain',
      },
    },
    errors: ['not_found'],
    handle: async () => ({
      status: 200,
      contentType: 'application/pem-certificate-chain',
      body: chainOf(trust),
    }),
  });

const revocationList = ({ database }: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/authority/crl',
    id: 'getRevocationList',
    summary: 'The newest revocation list',
    description:
      'In DER (RFC 5280), signed by the issuing certificate, made anew every day and with each revocation.',
    tag: 'enrolment',
    auth: 'none',
    answers: {
      200: { description: 'A revocation list.', schema: z.string(), contentType: 'application/pkix-crl' },
    },
    errors: ['not_found', 'dependency_unavailable'],
    handle: async () => {
      const list = await newestRevocationList(database);
      if (list === undefined) throw new CertusError('not_found', 'no revocation list has been made yet');
      return { status: 200, contentType: 'application/pkix-crl', body: Buffer.from(list.der) };
    },
  });

const status = ({ database, trust }: ApiDeps) => {
  let known: { readonly number: number; readonly list: ReadRevocationList } | undefined;
  /** A long list is read once and not for everybody who asks. */
  const read = async ({ number, der }: RevocationListRecord): Promise<ReadRevocationList> => {
    if (known?.number === number) return known.list;
    // only now: it would make every start of the API slower
    const { readRevocationList } = await import('../../services/authority/read-revocation-list.ts');
    const list = await readRevocationList(der, chainOf(trust));
    known = { number, list };
    return list;
  };
  return route({
    method: 'get',
    path: '/v1/authority/certificates/{serial}',
    id: 'getCertificateStatus',
    summary: 'Whether a certificate has been revoked',
    description: 'Read from the newest revocation list, after its signature was verified.',
    tag: 'enrolment',
    auth: 'token',
    params: z.object({ serial: SerialNumber }),
    answers: {
      200: {
        description: 'Its status; `unknown` when no certificate of this number was issued to this tenant.',
        schema: CertificateStatus.meta({ id: 'CertificateStatus' }),
        example: statusExample,
      },
    },
    errors: ['invalid_request', 'not_found', 'certificate_invalid', 'dependency_unavailable'],
    handle: async ({ principal, params: { serial } }) => {
      const issued = await wasIssued(database, principal.tenant, serial);
      const list = await newestRevocationList(database);
      const none = { list_number: null, this_update: null, next_update: null };
      const unmarked = { serial, revoked_at: null, reason: null };
      const state = issued ? 'good' : 'unknown';
      if (list === undefined) return { status: 200, body: { ...unmarked, status: state, ...none } };
      const { listNumber, thisUpdate, nextUpdate, revoked } = await read(list);
      const entry = issued ? revoked.get(serial) : undefined;
      const body: CertificateStatus = {
        ...unmarked,
        status: entry === undefined ? state : 'revoked',
        ...(entry && { revoked_at: entry.at.toISOString(), reason: entry.reason }),
        list_number: listNumber,
        this_update: thisUpdate.toISOString(),
        next_update: nextUpdate.toISOString(),
      };
      return { status: 200, body };
    },
  });
};

function chainOf({ authorityChain }: ApiDeps['trust']): string {
  if (authorityChain !== undefined) return authorityChain;
  throw new CertusError('not_found', 'this installation has no certificate authority of its own');
}
