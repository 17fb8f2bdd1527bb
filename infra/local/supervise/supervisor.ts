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

/** Keeps programs running and stops them in the reverse order of their start. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #stages: Kept[][] = [];
  #stopped: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** What an earlier supervisor left behind when it was killed; to be called once, before the first start. */
  async stopLeftovers(): Promise<void> {
    await stopLeftovers(this.#runFolder, this.#options.report);
  }

  /** Programs of one call start side by side, and later stop side by side. Throws when one does not come up. */
  async start(...programs: readonly Program[]): Promise<void> {
    if (this.#stopped !== undefined) throw new Error('the supervisor is stopping');
    const stage = programs.map((program) =>
      keepRunning(program, this.#stages.length, {
        logs: join(this.#options.home, 'logs'),
        run: this.#runFolder,
        report: this.#options.report,
        changed: () => this.#options.changed?.(),
      }),
    );
    this.#stages.push(stage);
    await Promise.all(stage.map((kept) => kept.started));
  }

  /** Leaves no process behind. Asking again waits for the same end. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopStages();
    return this.#stopped;
  }

  children(): ChildStatus[] {
    return this.#stages.flat().map((kept) => kept.status());
  }

  async #stopStages(): Promise<void> {
    for (const stage of this.#stages.toReversed()) await Promise.all(stage.map((kept) => kept.stop()));
  }

  get #runFolder(): string {
    return join(this.#options.home, 'run');
  }
}
