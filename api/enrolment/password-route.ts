import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { PasswordRequest, PasswordView } from '../../contracts/enrolment.ts';
import type { ApiDeps } from '../deps.ts';
import { giveOrder } from '../orders/give-order.ts';
import { route } from '../route.ts';
import { orderExample, passwordExample, passwordRequestExample } from './examples.ts';
import { newPassword, passwordDigest } from './one-time-password.ts';

const View = PasswordView.meta({ id: 'EnrolmentPassword' });

/** For administrators. The password is made here and shown once: everybody else gets its digest. */
export const passwordRoute = (deps: ApiDeps) =>
  route({
    method: 'post',
    path: '/v1/enrolment/passwords',
    id: 'issueEnrolmentPassword',
    summary: 'Issue a one-time password for an enrolment',
    description:
      'Hand it to the newcomer by another way than this API. It can be used once, and is shown nowhere again. Where an external gateway issues the certificates, it issues the passwords too.',
    tag: 'enrolment',
    auth: 'token',
    role: 'admin',
    body: {
      schema: PasswordRequest.meta({ id: 'EnrolmentPasswordRequest' }),
      examples: { default: passwordRequestExample },
      limit: 1024,
    },
    answers: {
      201: { description: 'It can be used now.', schema: View, example: passwordExample },
      202: {
        description: 'It can be used once Trust has taken note of it; the order tells.',
        schema: View,
        example: { ...passwordExample, order_id: orderExample },
        headers: z.object({ Location: z.string().meta({ description: 'Path of the order.' }) }),
      },
    },
    errors: [
      'invalid_request',
      'too_many_attempts',
      'order_invalid',
      'order_expired',
      'dependency_unavailable',
    ],
    handle: async ({ principal, body: { environment, ttl_minutes } }) => {
      const password = newPassword();
      const view: PasswordView = {
        password_id: `otp_${randomBytes(8).toString('hex')}`,
        password,
        environment,
        expires_at: new Date(Date.now() + ttl_minutes * 60_000).toISOString(),
      };
      const { orderId, result } = await giveOrder(deps, principal, {
        kind: 'issue_password',
        password_id: view.password_id,
        password_digest: passwordDigest(password),
        environment,
        expires_at: view.expires_at,
      });
      const headers = { 'Cache-Control': 'no-store' };
      if (result !== undefined) return { status: 201, headers, body: view };
      return {
        status: 202,
        headers: { ...headers, Location: `/v1/orders/${orderId}` },
        body: { ...view, order_id: orderId },
      };
    },
  });
