import { Context } from '@temporalio/activity';

export type Pulse = { readonly signal: AbortSignal; beat(): void };

/** Heartbeat and cancellation of the current activity. Beats are cheap: the SDK sends only as many as are needed. */
export function pulse(): Pulse {
  const context = Context.current();
  return { signal: context.cancellationSignal, beat: () => context.heartbeat() };
}

/** Beats while something works that cannot call back, such as another process. */
export async function withHeartbeat<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { signal, beat } = pulse();
  beat();
  const timer = setInterval(beat, 1000);
  try {
    return await work(signal);
  } finally {
    clearInterval(timer);
  }
}
