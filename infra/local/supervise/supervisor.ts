import { join } from 'node:path';
import { type ChildStatus, type Kept, keepRunning } from './keep-running.ts';
import type { Program, Report } from './program.ts';
import { stopLeftovers } from './records.ts';

export type SupervisorOptions = {
  /** Logs go to `<home>/logs`, what is running is recorded in `<home>/run`. */
  readonly home: string;
  readonly report: Report;
  /** Called whenever a child changed its state. */
  readonly changed?: () => void;
};

type StartOptions = {
  readonly tier?: number | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** Keeps programs running, and stops them in the reverse order of their tiers: what others build upon goes last. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #kept: { readonly tier: number; readonly kept: Kept }[] = [];
  #stopped: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** What an earlier supervisor left behind when it was killed; to be called once, before the first start. */
  async stopLeftovers(): Promise<void> {
    await stopLeftovers(this.#runFolder, this.#options.report);
  }

  /** Resolves when the program is healthy; throws when it does not come up, or when it is no longer wanted. */
  async start(program: Program, { tier = 0, signal }: StartOptions = {}): Promise<void> {
    if (this.#stopped !== undefined) throw new Error('the supervisor is stopping');
    signal?.throwIfAborted();
    const kept = keepRunning(program, tier, {
      logs: join(this.#options.home, 'logs'),
      run: this.#runFolder,
      report: this.#options.report,
      changed: () => this.#options.changed?.(),
    });
    this.#kept.push({ tier, kept });
    const stop = () => void kept.stop();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      await kept.started;
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  /** Leaves no process behind. Asking again waits for the same end. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopTiers();
    return this.#stopped;
  }

  children(): ChildStatus[] {
    return this.#kept.map(({ kept }) => kept.status());
  }

  async #stopTiers(): Promise<void> {
    const tiers = [...new Set(this.#kept.map(({ tier }) => tier))].sort((a, b) => b - a);
    for (const tier of tiers) {
      const last = this.#kept.filter((one) => one.tier === tier);
      await Promise.all(last.map(({ kept }) => kept.stop()));
    }
  }

  get #runFolder(): string {
    return join(this.#options.home, 'run');
  }
}
