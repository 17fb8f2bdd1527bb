import type { Notice } from '../../../contracts/scan.ts';
import type { NewScanEvent } from '../../../contracts/scan-event.ts';
import type { Tool } from '../../../contracts/tools.ts';
import type { ScanRun } from '../../../contracts/workflows.ts';
import { createLineMask } from '../../../domain/tools/mask-line.ts';
import type { EventSink } from '../event-sink.ts';

const EVERY_MS = 250;
const MAX_LINES = 5_000;

/**
 * Tells what a tool does, in order and in batches. A store of events that is away must not fail the tool: what it did not
 * take is counted, and said in the result.
 */
export class ToolLog {
  readonly #sink: EventSink;
  readonly #input: Pick<ScanRun, 'scope' | 'testId'>;
  readonly #tool: Tool;
  readonly #masks = { stdout: createLineMask(), stderr: createLineMask() };
  #queue: NewScanEvent[] = [];
  #writing: Promise<void> | undefined;
  #hurry: () => void = () => undefined;
  #lines = 0;
  #lost = 0;

  constructor(sink: EventSink, input: Pick<ScanRun, 'scope' | 'testId'>, tool: Tool) {
    this.#sink = sink;
    this.#input = input;
    this.#tool = tool;
  }

  started(command: string): void {
    this.#add('tool_start', { command });
  }

  /** Gives the line as it was told: free of secrets. */
  line(stream: 'stdout' | 'stderr', line: string): string {
    const masked = this.#masks[stream](line);
    this.#lines += 1;
    if (this.#lines <= MAX_LINES) this.#add('log', { stream, line: masked });
    return masked;
  }

  completed(data: { outcome: string; exit_code: number | null; findings: number }): void {
    const more = this.#lines - MAX_LINES;
    if (more > 0) this.#add('log', { stream: 'stderr', line: `… ${more} more lines are not kept` });
    this.#add('tool_complete', data);
    this.#hurry();
  }

  /** Everything is told, or given up, once this returns. */
  async close(): Promise<Notice[]> {
    while (this.#writing !== undefined) await this.#writing;
    if (this.#lost === 0) return [];
    return [
      {
        code: 'events_lost',
        message: `${this.#lost} events of ${this.#tool} could not be kept: the log was away`,
      },
    ];
  }

  #add(type: NewScanEvent['type'], data: Record<string, unknown>): void {
    this.#queue.push({ type, at: new Date().toISOString(), data: { tool: this.#tool, ...data } });
    this.#writing ??= this.#write();
  }

  async #write(): Promise<void> {
    for (; this.#queue.length > 0; ) {
      const hasEnded = this.#queue.some(({ type }) => type === 'tool_complete');
      if (!hasEnded) await this.#pause(); // so that lines gather
      const batch = this.#queue;
      this.#queue = [];
      try {
        await this.#sink.append(this.#input.scope, this.#input.testId, batch);
      } catch {
        this.#lost += batch.length;
      }
    }
    this.#writing = undefined;
  }

  /** Ends early when there is nothing more to wait for. */
  async #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, EVERY_MS);
    this.#hurry = resolve;
    await promise;
    clearTimeout(timer);
  }
}
