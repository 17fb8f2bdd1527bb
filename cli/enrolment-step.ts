import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { EnrolmentId, EnrolmentView, StepAccepted } from '../contracts/enrolment.ts';
import { CertusError } from '../contracts/errors.ts';
import { OrderView } from '../contracts/orders.ts';
import type { ApiClient } from './api-client.ts';

const Answer = z.union([EnrolmentView, StepAccepted]);
const Result = z.object({ enrolment_id: EnrolmentId });
const PATIENCE_MS = 5 * 60_000;

/** Takes a step, and stays with it while Trust is away. */
export async function enrolmentStep(api: ApiClient, path: string, body: unknown): Promise<EnrolmentView> {
  const answer = await api.post(path, body, Answer);
  if (!('order_id' in answer)) return answer;
  const { enrolment_id } = Result.parse(await outcome(api, answer.order_id));
  return api.get(`/v1/enrolment/${enrolment_id}`, EnrolmentView);
}

async function outcome(api: ApiClient, orderId: string): Promise<unknown> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await setTimeout(1000)) {
    const { state, result, code, message } = await api.get(`/v1/orders/${orderId}`, OrderView);
    if (state === 'done') return result;
    if (state === 'refused') throw new CertusError(code ?? 'internal_error', message ?? 'it was refused');
  }
  throw new CertusError(
    'dependency_unavailable',
    `Trust has not answered yet; the order ${orderId} goes on without this command`,
  );
}
