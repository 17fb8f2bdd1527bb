export type Interruption = {
  /** Aborted by the first signal; its reason is an Interrupted, or the error that nobody caught. */
  readonly signal: AbortSignal;
  readonly happened: Promise<void>;
  /** From now on the process that started us in the background may go. */
  detach(): void;
};

export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * Turns what would end this process into an orderly stop. The handlers stay to the end: a second Ctrl-C must not cut
 * short the stop that the first one began, and leave processes behind.
 */
export function watchForInterruption(): Interruption {
  const controller = new AbortController();
  const { promise: happened, resolve } = Promise.withResolvers<void>();
  controller.signal.addEventListener('abort', () => resolve(), { once: true });
  const abort = (reason: Error) => {
    if (!controller.signal.aborted) controller.abort(reason);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => abort(new Interrupted(name)));
  process.on('uncaughtException', abort);
  const orphaned = () => abort(new Interrupted('the process that started this one is gone'));
  process.on('disconnect', orphaned);
  return {
    signal: controller.signal,
    happened,
    detach: () => {
      process.off('disconnect', orphaned);
      process.send?.({ ready: true });
    },
  };
}
