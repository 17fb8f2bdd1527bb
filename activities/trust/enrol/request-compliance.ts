import type { Order } from '../../../contracts/orders.ts';
import type { Applicant, CertificateAuthority } from '../../../services/authority/certificate-authority.ts';
import {
  type EnrolmentRecord,
  findEnrolment,
  type NewEnrolment,
  openEnrolment,
} from '../../../services/database/enrolments.ts';
import type { TrustDeps } from '../deps.ts';
import type { ActionHandler, ActionOf } from '../orders/action-handler.ts';
import { isKnownKey, keyInUse, readApplicant, requireAuthority } from './applicant.ts';
import { answerOf, expectedSample, issuedRow } from './enrolment-steps.ts';
import { attempt, matchPassword, passwordInvalid } from './match-password.ts';

/**
 * The first step towards production: a request that proves possession of its key, and a one-time password. A gateway's
 * own password is used up when it is sent: a run that ends before its answer was kept needs another one.
 */
export const requestCompliance: ActionHandler<'request_compliance'> = async (deps, order, action) => {
  const authority = requireAuthority(deps.authority);
  const applicant = await readApplicant(order.tenant, 'production', action.csr);
  const { enrolmentId } = expectedSample(order.id, applicant);
  const known = await findEnrolment(deps.database, order.tenant, enrolmentId);
  if (known !== undefined) return answerOf(known);
  if (await isKnownKey(deps, applicant)) throw keyInUse();
  return attempt(deps, order.tenant, async () => {
    const opening = await open(deps, authority, order, applicant, action);
    const outcome = await openEnrolment(deps.database, opening);
    if (outcome === 'password_used') throw passwordInvalid();
    return answerOf(opening.enrolment);
  });
};

async function open(
  deps: TrustDeps,
  authority: CertificateAuthority,
  order: Order,
  applicant: Applicant,
  { password, password_digest }: ActionOf<'request_compliance'>,
): Promise<NewEnrolment> {
  const { tenant } = order;
  const ours = authority.passwords === 'ours';
  const passwordId = ours ? await matchPassword(deps, tenant, password_digest) : undefined;
  const { certificate, continuation } = await authority.requestCompliance(applicant, password);
  const at = deps.now();
  const { enrolmentId: id, challenge } = expectedSample(order.id, applicant);
  const enrolment: EnrolmentRecord = {
    id,
    state: 'compliance_issued',
    environment: applicant.environment,
    keyId: applicant.keyId,
    csr: applicant.csr,
    challenge,
    complianceCertificate: certificate.certificatePem,
    sampleVerifiedAt: null,
    certificate: null,
    gateway: continuation === null ? null : { continuation },
    orderId: order.id,
    createdAt: at,
    expiresAt: certificate.notAfter,
  };
  const issued = ours ? issuedRow(applicant, 'compliance', certificate, { id: order.id, at }) : undefined;
  return { tenant, enrolment, issued, passwordId };
}
