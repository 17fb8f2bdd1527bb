import type { AnnounceInput, NewPlatformEvent } from '../../contracts/platform-event.ts';
import { type DeliveredTo, deliverEvent, type EventDeps, noteFailure } from './deliver-event.ts';
import { recordEvent, type ToldEvent } from './record-event.ts';
import { subscribersOf } from './subscribers.ts';

/** What happened, and who is told of it. */
export const createEventActivities = (deps: EventDeps) => ({
  recordPlatformEvent: (event: NewPlatformEvent): Promise<ToldEvent> => recordEvent(deps, event),
  subscribersOf: (input: AnnounceInput): Promise<string[]> => subscribersOf(deps, input),
  deliverEvent: (to: DeliveredTo): Promise<void> => deliverEvent(deps, to),
  noteFailure: (to: DeliveredTo, detail: string): Promise<void> => noteFailure(deps, to, detail),
});

export type EventActivities = ReturnType<typeof createEventActivities>;
