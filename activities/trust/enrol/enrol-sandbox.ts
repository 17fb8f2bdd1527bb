import { CertusError } from '../../../contracts/errors.ts';
import { challengeOf, enrolmentId } from '../../../domain/enrolment/enrolment-id.ts';
import type { IssuedCertificate } from '../../../services/authority/certificate-authority.ts';
import {
  advanceEnrolment,
  countOpenSandboxes,
  type EnrolmentRecord,
  findEnrolment,
  openEnrolment,
} from '../../../services/database/enrolments.ts';
import type { ActionHandler } from '../orders/action-handler.ts';
import { admitNewcomer, wasAdmittedBy } from './admit-newcomer.ts';
import { isKnownKey, keyInUse, readApplicant, requireAuthority } from './applicant.ts';
import { answerOf, issuedRow } from './enrolment-steps.ts';

/** A key for trying things out each; more at once is a mistake or a flood, and each makes the signed list longer. */
const MOST_AT_ONCE = 500;

/** Answers a signing request at once: what a sandbox key signs is evidence only where a policy takes it. */
export const enrolSandbox: ActionHandler<'enrol_sandbox'> = async (deps, order, { csr }) => {
  const { tenant } = order;
  const authority = requireAuthority(deps.builtInAuthority);
  const applicant = await readApplicant(tenant, 'sandbox', csr);
  const id = enrolmentId(order.id);
  const known = await findEnrolment(deps.database, tenant, id);
  if (await isKnownKey(deps, applicant)) {
    const certificate = known?.certificate ?? null;
    if (known !== undefined && certificate !== null)
      if (await wasAdmittedBy(deps, order, applicant, certificate)) return answerOf(known);
    throw keyInUse();
  }
  const at = deps.now();
  if (known === undefined && (await countOpenSandboxes(deps.database, tenant, at)) >= MOST_AT_ONCE)
    throw new CertusError('too_many_attempts', `there are ${MOST_AT_ONCE} sandbox keys in use`);
  const issued = await authority.issueSandbox(applicant);
  const enrolment = enrolmentOf(id, order.id, applicant, issued, at);
  const row = issuedRow(applicant, 'sandbox', issued, { id: order.id, at });
  if ((await openEnrolment(deps.database, { tenant, enrolment, issued: row })) === 'exists') {
    // an earlier run ended before the key was admitted: its certificate is only in a table, and this one is in our hands
    const to = {
      state: enrolment.state,
      certificate: enrolment.certificate,
      expiresAt: enrolment.expiresAt,
    };
    await advanceEnrolment(deps.database, { tenant, id, from: 'sandbox_issued', to, issued: row });
  }
  await admitNewcomer(deps, order, applicant, issued.certificatePem);
  return answerOf(enrolment);
};

const enrolmentOf = (
  id: string,
  orderId: string,
  { environment, keyId, csr }: { environment: 'sandbox' | 'production'; keyId: string; csr: string },
  { certificatePem, notAfter }: IssuedCertificate,
  at: Date,
): EnrolmentRecord => ({
  id,
  state: 'sandbox_issued',
  environment,
  keyId,
  csr,
  challenge: challengeOf(orderId, keyId),
  complianceCertificate: null,
  sampleVerifiedAt: null,
  certificate: certificatePem,
  gateway: null,
  orderId,
  createdAt: at,
  expiresAt: notAfter,
});
