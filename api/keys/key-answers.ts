import { z } from 'zod';
import { PendingOrder, SigningKeyView } from '../../contracts/key-registry.ts';
import type { ApiDeps } from '../deps.ts';
import type { GivenOrder } from '../orders/give-order.ts';
import type { Answer, AnswerDescription } from '../route.ts';
import { keyExample, pendingExample } from './examples.ts';
import { knownKey } from './known-keys.ts';

export const KeyView = SigningKeyView.meta({ id: 'SigningKey' });
const Pending = PendingOrder.meta({ id: 'PendingOrder' });

const location = (what: string) =>
  z.object({ Location: z.string().meta({ description: `Path of the ${what}.` }) });

export const createdKey: AnswerDescription = {
  description: 'The key, which counts from now on.',
  schema: KeyView,
  example: keyExample,
  headers: location('key'),
};

export const pendingOrder: AnswerDescription = {
  description: 'Trust is away; it will be done when it is back.',
  schema: Pending,
  example: pendingExample,
  headers: location('order'),
};

export const pendingAnswer = ({ orderId }: GivenOrder): Answer => ({
  status: 202,
  headers: { Location: `/v1/orders/${orderId}` },
  body: { order_id: orderId, state: 'pending' },
});

/** The key that an order was about, as it is after that. */
export async function keyAnswer(
  deps: Pick<ApiDeps, 'database' | 'trust'>,
  tenant: string,
  given: GivenOrder,
  status: 200 | 201,
): Promise<Answer> {
  if (given.result === undefined) return pendingAnswer(given);
  const key = await knownKey(deps, tenant, String(given.result.key_id));
  const headers = status === 201 ? { Location: `/v1/keys/${key.id}` } : {};
  const affected = given.result.affected;
  return { status, headers, body: affected === undefined ? key : { ...key, affected } };
}
