import { CertusError } from '../../../contracts/errors.ts';
import { checkSample } from '../../../domain/enrolment/compliance-sample.ts';
import { advanceEnrolment } from '../../../services/database/enrolments.ts';
import type { ActionHandler } from '../orders/action-handler.ts';
import { requireAuthority } from './applicant.ts';
import { answerOf, beganEnrolment } from './enrolment-steps.ts';

/** The second step: the newcomer signs what it was asked to, with the key of its request, in the form that verifiers expect. */
export const submitSample: ActionHandler<'submit_sample'> = async (deps, order, action) => {
  const { tenant } = order;
  const authority = requireAuthority(deps.authority);
  const known = await beganEnrolment(deps, tenant, action.enrolment_id);
  const { record, applicant, expected, grant } = known;
  if (record.state !== 'compliance_issued') {
    if (record.gateway?.sample_order === order.id) return answerOf(record);
    throw new CertusError('enrolment_not_ready', 'a sample of this enrolment has been accepted already');
  }
  checkSample(action.sample, applicant.publicKeyPem, expected);
  await authority.submitSample(applicant, grant, action.sample);
  const state = 'sample_verified';
  const advanced = await advanceEnrolment(deps.database, {
    tenant,
    id: record.id,
    from: record.state,
    // the order itself is kept: the last step looks at the sample again, and believes no note that it was good
    to: {
      state,
      sampleVerifiedAt: deps.now(),
      gateway: { ...record.gateway, sample_order: order.id },
    },
  });
  if (!advanced)
    throw new CertusError('enrolment_not_ready', 'a sample of this enrolment has been accepted already');
  return answerOf({ ...record, state });
};
