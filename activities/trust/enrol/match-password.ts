import { timingSafeEqual } from 'node:crypto';
import { CertusError } from '../../../contracts/errors.ts';
import {
  countAttempt,
  forgetAttempt,
  type OpenPassword,
  openPasswords,
  passwordOrders,
} from '../../../services/database/enrolment-passwords.ts';
import type { TrustDeps } from '../deps.ts';
import { openEarlierOrder } from './signed-order.ts';

const ATTEMPTS_AN_HOUR = 10;
const HOUR_MS = 3_600_000;

/**
 * Lets a tenant try a password a few times an hour. Counted before it is tried, and taken back unless it was the wrong
 * one: many tries at the same time get no further than one after the other.
 */
export async function attempt<T>(
  { database, now }: Pick<TrustDeps, 'database' | 'now'>,
  tenant: string,
  work: () => Promise<T>,
): Promise<T> {
  const hour = new Date(Math.floor(now().getTime() / HOUR_MS) * HOUR_MS);
  if ((await countAttempt(database, tenant, hour)) > ATTEMPTS_AN_HOUR)
    throw new CertusError('too_many_attempts', 'there were too many wrong passwords: try again in an hour');
  let wrong = false;
  try {
    return await work();
  } catch (error) {
    wrong = error instanceof CertusError && WRONG.has(error.code);
    throw error;
  } finally {
    if (!wrong) await forgetAttempt(database, tenant, hour);
  }
}

/** Of a gateway any no may mean the password. */
const WRONG: ReadonlySet<string> = new Set(['password_invalid', 'authority_refused']);

/** The id of the open password with this digest; every one is compared, and in the same time whichever it is. */
export async function matchPassword(
  deps: Pick<TrustDeps, 'database' | 'keySet' | 'now'>,
  tenant: string,
  digest: string,
): Promise<string> {
  const given = Buffer.from(digest, 'hex');
  const open = await openPasswords(deps.database, tenant, 'production', deps.now());
  const [match] = open.filter((password) => timingSafeEqual(Buffer.from(password.digest, 'hex'), given));
  if (match === undefined || !(await wasOrdered(deps, tenant, match))) throw passwordInvalid();
  return match.id;
}

/** One message for all: whoever tries must not learn which of them it was. */
export const passwordInvalid = (): CertusError =>
  new CertusError('password_invalid', 'the password is wrong, used or expired');

/** A row that somebody wrote into the table is no password: an administrator has signed for each. */
async function wasOrdered(
  deps: Pick<TrustDeps, 'database' | 'keySet' | 'now'>,
  tenant: string,
  { id, digest, createdAt }: OpenPassword,
): Promise<boolean> {
  for (const order of await passwordOrders(deps.database, tenant, createdAt)) {
    const expected = { tenant, id: order.id, kind: 'issue_password' } as const;
    const { action } = openEarlierOrder(deps, order.statement, expected);
    const same = action.password_id === id && action.password_digest === digest;
    if (same && action.environment === 'production' && Date.parse(action.expires_at) > deps.now().getTime())
      return true;
  }
  return false;
}
