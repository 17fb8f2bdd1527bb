import { hash } from 'node:crypto';
import { z } from 'zod';
import { pageAddress } from '../../web/address.ts';

/** Where a crawl stands, so that anybody goes on with it: what waits, what was met, how much was taken. */
export const CrawlCursor = z.object({
  /** Addresses with the number of steps from a seed. */
  waiting: z.array(z.tuple([z.string().max(2000), z.number().int().min(0)])),
  /** Sitemaps that wait. */
  sitemaps: z.array(z.string().max(2000)),
  met: z.array(z.string().max(16)),
  /** Paths that come with many different questions, and with how many. */
  asked: z.array(z.tuple([z.string().max(16), z.number().int()])),
  taken: z.number().int().min(0),
  told: z.number().int().min(0),
  readSitemaps: z.number().int().min(0),
  /** False once something could not be read, or there was no more room: then what was not met may still be there. */
  whole: z.boolean(),
});
export type CrawlCursor = z.infer<typeof CrawlCursor>;

export const NOWHERE_YET: CrawlCursor = {
  waiting: [],
  sitemaps: [],
  met: [],
  asked: [],
  taken: 0,
  told: 0,
  readSitemaps: 0,
  whole: true,
};

/** The addresses that a crawl knows of. It has an end, whatever the site comes up with. */
export class Frontier {
  readonly #waiting: [string, number][];
  readonly #met: Set<string>;
  readonly #asked: Map<string, number>;
  readonly #room: number;
  #letters: number;
  isWhole: boolean;

  constructor({ waiting, met, asked, whole }: CrawlCursor, maxPages: number) {
    this.#waiting = waiting.map(([url, depth]) => [url, depth]);
    this.#met = new Set(met);
    this.#asked = new Map(asked);
    // some of what waits will turn out to be nothing
    this.#room = Math.min(2 * maxPages + 100, MOST_WAITING);
    this.#letters = waiting.reduce((sum, [{ length }]) => sum + length, 0);
    this.isWhole = whole;
  }

  /** Says whether it was not met before. */
  meet(address: URL): boolean {
    const mark = markOf(address.href);
    if (this.#met.has(mark)) return false;
    this.#met.add(mark);
    return true;
  }

  add(address: URL, depth: number): void {
    if (this.#met.has(markOf(address.href))) return;
    if (!this.#isAnswerable(address)) return;
    if (this.#waiting.length >= this.#room || this.#letters + address.href.length > MOST_LETTERS) {
      this.isWhole = false;
      return;
    }
    this.meet(address);
    this.#waiting.push([address.href, depth]);
    this.#letters += address.href.length;
  }

  next(): { readonly address: URL; readonly depth: number } | undefined {
    for (let first = this.#waiting.shift(); first !== undefined; first = this.#waiting.shift()) {
      const [href, depth] = first;
      this.#letters -= href.length;
      const address = pageAddress(href);
      if (address !== undefined) return { address, depth };
    }
    return undefined;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  state(): Pick<CrawlCursor, 'waiting' | 'met' | 'asked' | 'whole'> {
    return { waiting: this.#waiting, met: [...this.#met], asked: [...this.#asked], whole: this.isWhole };
  }

  /** A calendar answers every question: one more month, and one more. */
  #isAnswerable({ origin, pathname, search }: URL): boolean {
    if (search === '') return true;
    const mark = markOf(`${origin}${pathname}`);
    const count = (this.#asked.get(mark) ?? 0) + 1;
    if (count > MOST_QUESTIONS) {
      this.isWhole = false;
      return false;
    }
    this.#asked.set(mark, count);
    return true;
  }
}

const MOST_WAITING = 10_000;
const MOST_LETTERS = 1024 * 1024;
const MOST_QUESTIONS = 100;

const markOf = (text: string): string => hash('sha256', text, 'base64url').slice(0, 12);
