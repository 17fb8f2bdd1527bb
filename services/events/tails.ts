import { Bell } from './bell.ts';
import type { StreamState } from './read.ts';

/** What one process knows of how far a stream has come, shared by everybody here who follows it. */
export type Tail = {
  readonly stream: string;
  readonly bell: Bell;
  /** Events up to this place can be read; it only grows. */
  readonly length: number;
  readonly ended: boolean;
};

type Followed = {
  -readonly [K in keyof Tail]: Tail[K];
} & { followers: number; readonly ask: () => Promise<StreamState> };

/** The streams that are followed in this process. */
export class Tails {
  readonly #tails = new Map<string, Followed>();

  /** How many follow something here. */
  get followers(): number {
    return [...this.#tails.values()].reduce((sum, { followers }) => sum + followers, 0);
  }

  enter(stream: string, ask: () => Promise<StreamState>): Tail {
    const tail = this.#tails.get(stream) ?? {
      ...{ stream, bell: new Bell(), length: 0, ended: false },
      ...{ followers: 0, ask },
    };
    tail.followers += 1;
    this.#tails.set(stream, tail);
    return tail;
  }

  leave({ stream }: Tail): void {
    const tail = this.#tails.get(stream);
    if (tail === undefined) return;
    tail.followers -= 1;
    if (tail.followers === 0) this.#tails.delete(stream);
  }

  /** A writer has told us; nothing is asked, since what it wrote is read when somebody needs it. */
  grown(stream: string, length: number): void {
    const tail = this.#tails.get(stream);
    if (tail === undefined || tail.length >= length) return;
    tail.length = length;
    tail.bell.ring();
  }

  /** Asks the store how far this stream has come: what was told while nobody listened, and whether it has ended. */
  async refresh(stream: string): Promise<void> {
    const tail = this.#tails.get(stream);
    if (tail === undefined) return;
    const { length, ended } = await tail.ask();
    tail.ended ||= ended;
    if (length <= tail.length && !ended) return;
    tail.length = Math.max(tail.length, length);
    tail.bell.ring();
  }

  async refreshAll(): Promise<void> {
    for (const stream of [...this.#tails.keys()]) await this.refresh(stream);
  }
}
