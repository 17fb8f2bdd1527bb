import type { Scope } from '../../contracts/identifiers.ts';
import type { NewScanEvent } from '../../contracts/scan-event.ts';

/** Where a run tells what it does while it does it. */
export type EventSink = {
  append(scope: Scope, testId: string, events: readonly NewScanEvent[]): Promise<void>;
};
