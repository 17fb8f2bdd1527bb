import { defineQuery } from '@temporalio/workflow';
import type { Step } from '../contracts/scan.ts';
import { PROGRESS_QUERY } from '../contracts/workflow-names.ts';

export const progress = defineQuery<Step[]>(PROGRESS_QUERY);

/** Where a run stands, as the progress query answers it. */
export class ProgressBoard {
  readonly #states: Map<string, Step['state']>;

  constructor(names: readonly string[]) {
    this.#states = new Map(names.map((name) => [name, 'waiting']));
  }

  /** Marks the step as running while the work goes on, and as what became of it afterwards. */
  async during<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.#states.set(name, 'running');
    try {
      const result = await work();
      this.#states.set(name, 'done');
      return result;
    } catch (error) {
      this.#states.set(name, 'failed');
      throw error;
    }
  }

  skip(...names: string[]): void {
    for (const name of names) this.#states.set(name, 'skipped');
  }

  steps(): Step[] {
    return [...this.#states].map(([name, state]) => ({ name, state }));
  }
}
