import robotsParser from 'robots-parser';
import { FetchError, type FetchFault } from '../fetch/fetch-error.ts';
import type { PageAnswer } from '../fetch/fetch-page.ts';

/** What the owner of a site asks of those that read it by machine. */
export type Robots = {
  allows(address: URL): boolean;
  readonly delayMs: number;
  readonly sitemaps: readonly string[];
};

/** Its owner cannot be asked: nothing may be read until that is better. */
export type NoRobots = 'unavailable';

/** As whom we are addressed in it. */
export const AGENT = 'certus';

/**
 * Asks a site once in a while. What is missing forbids nothing; what cannot be read for now (the server has a fault, or is too
 * busy) may forbid everything, so that we stay out.
 */
export class RobotsOfSites {
  readonly #sites = new Map<string, { readonly robots: Promise<Robots | NoRobots>; until: number }>();
  readonly #read: (address: URL) => Promise<PageAnswer>;
  readonly #now: () => number;

  constructor(read: (address: URL) => Promise<PageAnswer>, now: () => number) {
    this.#read = read;
    this.#now = now;
  }

  /** Asked for everybody who waits: nobody's giving up ends it for the others. */
  of({ origin }: URL): Promise<Robots | NoRobots> {
    const known = this.#sites.get(origin);
    if (known !== undefined && known.until > this.#now()) return known.robots;
    const site = { robots: this.#ask(origin), until: this.#now() + KEPT_MS };
    this.#sites.set(origin, site);
    for (const oldest of [...this.#sites.keys()].slice(0, -MOST_SITES)) this.#sites.delete(oldest);
    site.robots.then(
      (robots) => {
        if (robots === 'unavailable') site.until = this.#now() + ASKED_AGAIN_MS;
      },
      () => this.#sites.delete(origin),
    );
    return site.robots;
  }

  async #ask(origin: string): Promise<Robots | NoRobots> {
    const address = new URL('/robots.txt', origin);
    try {
      const { status, bytes } = await this.#read(address);
      if (status >= 500 || status === 429) return 'unavailable';
      const isThere = status >= 200 && status < 300;
      return parseRobots(address, isThere ? Buffer.from(bytes).toString('utf8') : '');
    } catch (error) {
      if (error instanceof FetchError && !FORBIDDEN.has(error.fault)) return 'unavailable';
      throw error;
    }
  }
}

/** These are no answer of its owner's: the site is none that may be asked. */
const FORBIDDEN: ReadonlySet<FetchFault> = new Set(['malformed', 'not_allowed']);

const KEPT_MS = 60 * 60_000;
const ASKED_AGAIN_MS = 60_000;
const MOST_SITES = 500;

export function parseRobots(address: URL, text: string): Robots {
  const parsed = parse(address.href, text.slice(0, MOST_LETTERS));
  const delay = parsed.getCrawlDelay(AGENT) ?? 0;
  return {
    allows: ({ href }) => parsed.isAllowed(href, AGENT) !== false,
    delayMs: Number.isFinite(delay) ? Math.min(Math.max(delay, 0) * 1000, LONGEST_DELAY_MS) : 0,
    sitemaps: parsed.getSitemaps().slice(0, MOST_SITEMAPS),
  };
}

/** Its own types put the function where it is not. */
const parse = robotsParser as unknown as (address: string, text: string) => Parsed;

type Parsed = {
  isAllowed(address: string, agent: string): boolean | undefined;
  getCrawlDelay(agent: string): number | undefined;
  getSitemaps(): string[];
};

/** As the standard has it: what stands behind that may be left out. */
const MOST_LETTERS = 500 * 1024;
const LONGEST_DELAY_MS = 30_000;
const MOST_SITEMAPS = 50;
