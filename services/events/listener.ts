import type pg from 'pg';
import { Bell } from './bell.ts';
import { CHANNEL } from './notification.ts';

export type ListenerOptions = {
  readonly session: () => pg.Client;
  readonly heard: (payload: string | undefined) => void;
  /** Connected, or connected again: what was said in between has been missed. */
  readonly connected: () => void;
  readonly lost: (error: unknown) => void;
};

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5_000;

/** Holds one connection that hears what writers tell, and makes another one whenever it is lost. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #stop = new AbortController();
  readonly #attempted = Promise.withResolvers<void>();
  #work: Promise<void> | undefined;

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  /** Connects at the first call; resolves once the first attempt is over, well or not. */
  async start(): Promise<void> {
    this.#work ??= this.#keepListening();
    await this.#attempted.promise;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#work;
  }

  async #keepListening(): Promise<void> {
    const { signal } = this.#stop;
    let delay = FIRST_PAUSE;
    while (!signal.aborted) {
      try {
        await this.#listen(() => {
          delay = FIRST_PAUSE;
          this.#attempted.resolve();
          this.#options.connected();
        });
      } catch (error) {
        this.#options.lost(error);
      }
      this.#attempted.resolve();
      await pause(delay, signal);
      delay = Math.min(delay * 2, LONGEST_PAUSE);
    }
    this.#attempted.resolve();
  }

  /** Returns when it is told to stop, and throws when the connection cannot be made or is lost. */
  async #listen(listening: () => void): Promise<void> {
    const session = this.#options.session();
    const over = Promise.withResolvers<void>();
    // It may break while nobody waits for it yet.
    over.promise.catch(() => undefined);
    const stop = () => over.resolve();
    this.#stop.signal.addEventListener('abort', stop);
    session.on('error', over.reject).on('end', () => over.reject(new Error('the connection was closed')));
    session.on('notification', ({ payload }) => this.#options.heard(payload));
    try {
      await session.connect();
      await session.query(`LISTEN ${CHANNEL}`);
      listening();
      await over.promise;
    } finally {
      this.#stop.signal.removeEventListener('abort', stop);
      await session.end();
    }
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const bell = new Bell();
  const timer = setTimeout(() => bell.ring(), milliseconds);
  await bell.wait(signal);
  clearTimeout(timer);
}
