/** Wakes whoever waits for something to change; nobody misses a ring that came while they looked. */
export class Bell {
  #next = Promise.withResolvers<void>();

  /** To be taken before looking whether there is something to do. */
  listen(): Promise<void> {
    return this.#next.promise;
  }

  ring(): void {
    const { resolve } = this.#next;
    this.#next = Promise.withResolvers<void>();
    resolve();
  }
}

/** Until the bell rings, the time is over, or all ends. */
export async function waited(
  signal: AbortSignal,
  { bell, milliseconds }: { readonly bell?: Promise<void>; readonly milliseconds?: number },
): Promise<void> {
  if (signal.aborted) return;
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
  const stop = () => resolve();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await (bell === undefined ? ended : Promise.race([bell, ended]));
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
