import { CertusError } from '../../contracts/errors.ts';
import { NewPlatformEvent } from '../../contracts/platform-event.ts';
import type { Database } from '../../services/database/database.ts';
import { findTrustEvent, recordTrustEvent } from '../../services/database/trust-events.ts';
import { wantedBy } from './subscribers.ts';

export type ToldEvent = { readonly eventId: string; readonly wanted: boolean };

/** Puts an event on record, once; says under which number, and whether anybody is to be told. */
export async function recordEvent(
  { database }: { readonly database: Database },
  event: NewPlatformEvent,
): Promise<ToldEvent> {
  const { at, ...told } = NewPlatformEvent.parse(event);
  await recordTrustEvent(database, { ...told, at: new Date(at) });
  const row = await findTrustEvent(database, told.tenant, told.once);
  if (row === undefined) throw new CertusError('internal_error', 'an event that was recorded is not there');
  const subscribers = await wantedBy(database, told.tenant, told.type);
  return { eventId: row.id.toString(), wanted: subscribers.length > 0 };
}
