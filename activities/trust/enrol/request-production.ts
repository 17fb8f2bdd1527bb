import { CertusError } from '../../../contracts/errors.ts';
import type { Order } from '../../../contracts/orders.ts';
import { checkSample } from '../../../domain/enrolment/compliance-sample.ts';
import { advanceEnrolment } from '../../../services/database/enrolments.ts';
import type { TrustDeps } from '../deps.ts';
import type { ActionHandler } from '../orders/action-handler.ts';
import { admitNewcomer, wasAdmittedBy } from './admit-newcomer.ts';
import { isKnownKey, requireAuthority } from './applicant.ts';
import { answerOf, beganEnrolment, earlierOrder, issuedRow, type KnownEnrolment } from './enrolment-steps.ts';

/** The last step: everything before it is looked at once more, as it was signed; then the key counts. */
export const requestProduction: ActionHandler<'request_production'> = async (deps, order, action) => {
  const known = await beganEnrolment(deps, order.tenant, action.enrolment_id);
  const { record, applicant } = known;
  if (record.state === 'compliance_issued')
    throw new CertusError('enrolment_not_ready', 'the signed sample comes first');
  // a certificate in the table counts for nothing before its key is on the signed list: then it is issued anew
  if (record.certificate !== null && (await isKnownKey(deps, applicant))) {
    await wasAdmittedBy(deps, order, applicant, record.certificate);
    await forgetSecrets(deps, order, known);
    return answerOf(record);
  }
  await requireSample(deps, order, known);
  const certificatePem = await issue(deps, order, known);
  await admitNewcomer(deps, order, applicant, certificatePem);
  await forgetSecrets(deps, order, known);
  return answerOf({ ...record, state: 'production_issued' });
};

async function requireSample(
  deps: TrustDeps,
  { tenant }: Order,
  { record, applicant, expected }: KnownEnrolment,
): Promise<void> {
  const orderId = record.gateway?.sample_order;
  if (orderId === undefined) throw new CertusError('enrolment_not_ready', 'the signed sample comes first');
  const { action } = await earlierOrder(deps, tenant, orderId, 'submit_sample');
  checkSample(action.sample, applicant.publicKeyPem, expected);
}

async function issue(
  deps: TrustDeps,
  order: Order,
  { record, applicant, grant }: KnownEnrolment,
): Promise<string> {
  const authority = requireAuthority(deps.authority);
  const certificate = await authority.requestProduction(applicant, grant);
  const issued = { id: order.id, at: deps.now() };
  const advanced = await advanceEnrolment(deps.database, {
    tenant: order.tenant,
    id: record.id,
    from: record.state,
    to: {
      state: 'production_issued',
      certificate: certificate.certificatePem,
      expiresAt: certificate.notAfter,
    },
    issued:
      authority.passwords === 'ours' ? issuedRow(applicant, 'production', certificate, issued) : undefined,
  });
  if (!advanced)
    throw new CertusError('enrolment_not_ready', 'another request for this certificate goes on: ask again');
  return certificate.certificatePem;
}

/** Nobody needs what the gateway gave to go on with any more. */
async function forgetSecrets(deps: TrustDeps, { tenant }: Order, { record }: KnownEnrolment): Promise<void> {
  const { continuation, ...gateway } = record.gateway ?? {};
  if (continuation === undefined) return;
  const state = 'production_issued';
  await advanceEnrolment(deps.database, { tenant, id: record.id, from: state, to: { state, gateway } });
}
