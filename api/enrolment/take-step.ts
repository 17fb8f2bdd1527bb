import { z } from 'zod';
import { EnrolmentId, StepAccepted } from '../../contracts/enrolment.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { TrustAction } from '../../contracts/orders.ts';
import { findEnrolment } from '../../services/database/enrolments.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { giveOrder } from '../orders/give-order.ts';
import type { Answer, AnswerDescription } from '../route.ts';
import { enrolmentView } from './enrolment-view.ts';
import { acceptedExample } from './examples.ts';

type Step = { readonly status: number; readonly enrolmentId?: string };
const Result = z.object({ enrolment_id: EnrolmentId });
const Location = z.object({
  Location: z.string().meta({ description: 'Path of the enrolment, or of the order that goes on.' }),
});

/** Has Trust take a step of an enrolment, and answers with where that stands; with the order while Trust is away. */
export async function takeStep(
  deps: ApiDeps,
  principal: Principal,
  action: TrustAction,
  { status, enrolmentId }: Step,
): Promise<Answer> {
  const { orderId, result } = await giveOrder(deps, principal, action);
  if (result === undefined) {
    const headers = { Location: `/v1/orders/${orderId}` };
    return { status: 202, headers, body: { order_id: orderId, enrolment_id: enrolmentId ?? null } };
  }
  const id = Result.parse(result).enrolment_id;
  const record = await findEnrolment(deps.database, principal.tenant, id);
  if (record === undefined) throw new CertusError('internal_error', `the enrolment ${id} is gone`);
  return { status, headers: { Location: `/v1/enrolment/${id}` }, body: enrolmentView(record) };
}

export const stepAnswers = (
  status: 200 | 201,
  schema: z.ZodType,
  example: unknown,
): Readonly<Record<number, AnswerDescription>> => ({
  [status]: { description: 'Done; this is where it stands.', schema, example, headers: Location },
  202: {
    description: 'Trust does not answer now and will take the step later; the order tells.',
    schema: Accepted,
    example: acceptedExample,
    headers: Location,
  },
});

const Accepted = StepAccepted.meta({ id: 'EnrolmentStepAccepted' });
