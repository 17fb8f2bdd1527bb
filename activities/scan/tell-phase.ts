import type { ScanRun } from '../../contracts/workflows.ts';
import type { EventSink } from './event-sink.ts';

/** A word to whoever follows the run. The log of a run is a courtesy: where it cannot be kept, the run goes on. */
export async function tellPhase(
  events: EventSink,
  { scope, testId }: Pick<ScanRun, 'scope' | 'testId'>,
  phase: 'fetched' | 'manifest' | 'gated' | 'signed',
  data: Readonly<Record<string, unknown>>,
): Promise<void> {
  const type = phase === 'manifest' ? 'manifest' : 'phase';
  const event = { type, at: new Date().toISOString(), data: { phase, ...data } } as const;
  await events.append(scope, testId, [event]).catch(() => undefined);
}
