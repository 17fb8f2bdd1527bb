import { expiryOnce } from '../../../contracts/key-expiry.ts';
import { keysThatExpire, type SigningKeyRecord } from '../../../services/database/signing-keys.ts';
import { findTrustEvent, recordTrustEvent } from '../../../services/database/trust-events.ts';
import type { TrustDeps } from '../deps.ts';

export type ExpiringKey = {
  readonly tenant: string;
  readonly keyId: string;
  readonly environment: string;
  /** Told at this many days before, and not again. */
  readonly days: number;
  readonly notAfter: string;
};

export type KeyCareActivities = {
  /** Tells of keys that end soon, each 30, 7 and 1 day before. Asked again about the same time, it answers the same. */
  checkKeyExpiry(at: string): Promise<ExpiringKey[]>;
};

export const createKeyCareActivities = (deps: Pick<TrustDeps, 'database'>): KeyCareActivities => ({
  checkKeyExpiry: async (at) => {
    const now = new Date(at);
    const until = new Date(now.getTime() + Math.max(...WARNINGS) * DAY);
    const told: ExpiringKey[] = [];
    for (const key of await keysThatExpire(deps.database, { after: now, until })) {
      const news = await tell(deps, key, now);
      if (news !== undefined) told.push(news);
    }
    return told;
  },
});

const WARNINGS = [1, 7, 30] as const;
const DAY = 24 * 3_600_000;

/** Of a key that was admitted late only the nearest warning is told: two at once say nothing more. */
async function tell(
  { database }: Pick<TrustDeps, 'database'>,
  key: SigningKeyRecord,
  now: Date,
): Promise<ExpiringKey | undefined> {
  const notAfter = key.notAfter ?? now;
  const days = WARNINGS.find((warning) => notAfter.getTime() - now.getTime() <= warning * DAY);
  if (days === undefined) return undefined;
  const { tenant, id: keyId, environment } = key;
  const once = expiryOnce(keyId, days);
  const data = { environment, days, not_after: notAfter.toISOString() };
  const event = { tenant, type: 'key_expiring', about: keyId, data, once, at: now };
  // what was told by a run that died before it could answer is this run's news, too
  const news =
    (await recordTrustEvent({ client: database.client }, event)) ||
    (await findTrustEvent(database, tenant, once))?.at.getTime() === now.getTime();
  return news ? { tenant, keyId, environment, days, notAfter: data.not_after } : undefined;
}
