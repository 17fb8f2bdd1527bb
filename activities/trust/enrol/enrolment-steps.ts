import { X509Certificate } from 'node:crypto';
import { CertusError } from '../../../contracts/errors.ts';
import type { ExpectedSample } from '../../../domain/enrolment/compliance-sample.ts';
import { challengeOf, enrolmentId } from '../../../domain/enrolment/enrolment-id.ts';
import type {
  Applicant,
  Grant,
  IssuedCertificate,
} from '../../../services/authority/certificate-authority.ts';
import { type EnrolmentRecord, findEnrolment } from '../../../services/database/enrolments.ts';
import type { NewIssuedCertificate } from '../../../services/database/issued-certificates.ts';
import { findOrder } from '../../../services/database/orders.ts';
import type { TrustDeps } from '../deps.ts';
import { readApplicant } from './applicant.ts';
import { type OrderOf, openEarlierOrder } from './signed-order.ts';

export type KnownEnrolment = {
  /** Where it stands, as the table tells it: nothing that counts is decided by that alone. */
  readonly record: EnrolmentRecord;
  readonly applicant: Applicant;
  readonly expected: ExpectedSample;
  readonly grant: Grant;
};

/**
 * An enrolment for production that was begun. Who it is and what it must sign comes from the order that began it: whoever
 * could change the table would otherwise put another key in its place.
 */
export async function beganEnrolment(deps: TrustDeps, tenant: string, id: string): Promise<KnownEnrolment> {
  const record = await findEnrolment(deps.database, tenant, id);
  if (record === undefined) throw new CertusError('enrolment_not_found', 'there is no such enrolment');
  if (record.environment !== 'production' || record.complianceCertificate === null)
    throw new CertusError('enrolment_not_ready', 'an enrolment for the sandbox has no further steps');
  const order = await earlierOrder(deps, tenant, record.orderId, 'request_compliance');
  if (enrolmentId(order.id) !== id)
    throw new CertusError('order_invalid', 'this enrolment was begun by no order');
  const applicant = await readApplicant(tenant, 'production', order.action.csr);
  return {
    record,
    applicant,
    expected: expectedSample(order.id, applicant),
    grant: {
      certificatePem: record.complianceCertificate,
      continuation: record.gateway?.continuation ?? null,
    },
  };
}

export async function earlierOrder<K extends 'request_compliance' | 'submit_sample'>(
  deps: TrustDeps,
  tenant: string,
  id: string,
  kind: K,
): Promise<OrderOf<K>> {
  const found = await findOrder(deps.database, tenant, id);
  if (found === undefined) throw new CertusError('order_invalid', `there is no order ${id}`);
  return openEarlierOrder(deps, found.statement, { tenant, id, kind });
}

export const expectedSample = (orderId: string, { keyId, environment }: Applicant): ExpectedSample => ({
  enrolmentId: enrolmentId(orderId),
  keyId,
  environment,
  challenge: challengeOf(orderId, keyId),
});

export const answerOf = ({ id, keyId, state }: Pick<EnrolmentRecord, 'id' | 'keyId' | 'state'>) => ({
  enrolment_id: id,
  key_id: keyId,
  state,
});

/** As our own authority remembers what it issued. */
export const issuedRow = (
  { tenant, keyId }: Applicant,
  kind: NewIssuedCertificate['kind'],
  { serial, certificatePem, notBefore, notAfter }: IssuedCertificate,
  order: { readonly id: string; readonly at: Date },
): NewIssuedCertificate => ({
  serial,
  tenant,
  keyId,
  kind,
  certificate: new X509Certificate(certificatePem).toString(),
  notBefore,
  notAfter,
  issuedAt: order.at,
  orderId: order.id,
});
