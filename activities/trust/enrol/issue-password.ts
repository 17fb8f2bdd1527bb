import { CertusError } from '../../../contracts/errors.ts';
import { recordPassword } from '../../../services/database/enrolment-passwords.ts';
import type { ActionHandler } from '../orders/action-handler.ts';

/** Takes note of the digest of a password; the password itself never comes here. */
export const issuePassword: ActionHandler<'issue_password'> = async ({ database }, order, action) => {
  if (Date.parse(action.expires_at) <= Date.parse(order.given_at))
    throw new CertusError('invalid_request', 'a password ends after it was issued');
  await recordPassword(database, order.tenant, {
    id: action.password_id,
    digest: action.password_digest,
    environment: action.environment,
    expiresAt: new Date(action.expires_at),
    // by this its order is found again
    createdAt: new Date(order.given_at),
  });
  return { password_id: action.password_id };
};
