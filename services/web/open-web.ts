import { setTimeout as wait } from 'node:timers/promises';
import { CertusError, type ErrorCode } from '../../contracts/errors.ts';
import type { Reach } from '../fetch/check-url.ts';
import { FetchError, type FetchFault } from '../fetch/fetch-error.ts';
import { fetchPage, type PageAnswer } from '../fetch/fetch-page.ts';
import { conditions, isText, pageOf } from './page-of.ts';
import { AGENT, RobotsOfSites } from './robots.ts';
import { type Sleep, Turns } from './turns.ts';
import type { PageAsked, Web } from './web.ts';

export type WebAccess = Pick<Reach, 'allowedHosts' | 'resolve'> & {
  /** Between two requests to one host, when its robots.txt does not want more. */
  readonly pauseMs: number;
  /** For one request, from the name to the last byte of the answer. */
  readonly patienceMs?: number;
  readonly now?: () => number;
  readonly sleep?: Sleep;
};

/** One for a worker: hosts are to see no more of us when several sources are of the same one. */
export function openWeb({
  allowedHosts,
  resolve,
  pauseMs,
  patienceMs = PATIENCE_MS,
  now = Date.now,
  sleep = pause,
}: WebAccess): Web {
  const reach = { allowedHosts, plainHttp: true, ...(resolve === undefined ? {} : { resolve }) };
  const turns = new Turns(now, sleep);
  const robots = new RobotsOfSites((address) => askPlainly(address), now);

  /** Hosts that want more of a rest than anybody here waits: until then nobody asks them again, whoever would try. */
  const leftAlone = new Map<string, number>();
  const leaveAlone = (host: string, milliseconds: number): void => {
    leftAlone.delete(host);
    leftAlone.set(host, now() + Math.min(milliseconds, LONGEST_REST_MS));
    for (const oldest of [...leftAlone.keys()].slice(0, -MOST_LEFT_ALONE)) leftAlone.delete(oldest);
  };

  /** Not asked of robots.txt itself. */
  const ask = (address: URL, gap: number, how: Asked, signal: AbortSignal): Promise<PageAnswer> =>
    turns.take(address.host, gap, signal, () =>
      fetchPage(address, {
        ...{ ...reach, ...how, headers: { ...HEADERS, ...how.headers } },
        maxMilliseconds: patienceMs,
        signal,
      }),
    );

  const askPlainly = async (address: URL): Promise<PageAnswer> => {
    let target = address;
    for (let hop = 0; hop <= MOST_HOPS; hop += 1) {
      const answer = await ask(target, pauseMs, { maxBytes: MOST_OF_ROBOTS, headers: {} }, EVERYBODY);
      if (answer.redirect === undefined) return answer;
      target = answer.redirect;
    }
    throw new FetchError('refused', `${address.host} redirects in circles`);
  };

  const refusal: Web['refusal'] = async (address) => {
    const rules = await telling(() => robots.of(address));
    if (rules === 'unavailable') return 'robots_unavailable';
    return rules.allows(address) ? undefined : 'robots_disallowed';
  };

  /** Asks until there is an answer that is one; a host that is busy says itself when it wants to be asked again. */
  const patiently = async (address: URL, how: Asked, signal: AbortSignal): Promise<PageAnswer> => {
    const refused = await refusal(address);
    if (refused !== undefined) throw new CertusError(refused, REFUSALS[refused](address));
    const rules = await telling(() => robots.of(address));
    const gap = Math.max(pauseMs, rules === 'unavailable' ? 0 : rules.delayMs);
    for (let tries = 1; ; tries += 1) {
      if ((leftAlone.get(address.host) ?? 0) > now())
        throw new CertusError('source_unreachable', `${address.host} has asked to be left alone for now`);
      const answer = await telling(() => ask(address, gap, how, signal));
      if (!isBusy(answer.status)) return answer;
      const pauseFor = retryAfter(answer, now());
      if (pauseFor > LONGEST_WAIT_MS) leaveAlone(address.host, pauseFor);
      if (tries >= MOST_TRIES || pauseFor > LONGEST_WAIT_MS)
        throw new CertusError('source_unreachable', `${address.host} answers ${answer.status}`);
      await turns.take(address.host, 0, signal, () => sleep(pauseFor, signal));
    }
  };

  const follow = async (address: URL, how: Asked, asked: Pick<PageAsked, 'mayGo' | 'signal'>) => {
    let target = address;
    for (let hop = 0; hop <= MOST_HOPS; hop += 1) {
      const answer = await patiently(target, how, asked.signal);
      if (answer.redirect === undefined) return { answer, address: target };
      target = answer.redirect;
      if (asked.mayGo?.(target) === false)
        throw new CertusError(
          'source_not_allowed',
          `the page sends us on to ${target.host}, which is not meant`,
        );
    }
    throw new CertusError('item_unreadable', `${address.host} redirects in circles`);
  };

  return {
    refusal,
    page: async (address, asked) => {
      const how = { maxBytes: asked.maxBytes, headers: conditions(asked.known), wanted: isText };
      const found = await follow(address, how, asked);
      if (found.answer.status === 304 && asked.known !== undefined) return null;
      return pageOf(found.answer, found.address);
    },
    resource: async (address, { maxBytes, signal }) => {
      const { answer } = await follow(address, { maxBytes, headers: {} }, { signal });
      if (answer.status !== 200)
        throw new CertusError('item_gone', `${address.host} answers ${answer.status}`);
      return {
        bytes: answer.bytes,
        contentType: answer.header('content-type') ?? 'application/octet-stream',
      };
    },
    sitemaps: async (address) => {
      const rules = await telling(() => robots.of(address));
      return rules === 'unavailable' ? [] : rules.sitemaps;
    },
    sitemap: async (address, signal) => {
      const { answer } = await follow(address, { maxBytes: MOST_OF_SITEMAP, headers: {} }, { signal });
      return answer.status === 200 ? answer.bytes : undefined;
    },
  };
}

type Asked = {
  readonly maxBytes: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly wanted?: (header: PageAnswer['header']) => boolean;
};

/** What everybody waits for, nobody breaks off; the time for each request ends it as well. */
const EVERYBODY = new AbortController().signal;
const PATIENCE_MS = 30_000;

const HEADERS = {
  'user-agent': AGENT,
  accept: 'text/html, application/xhtml+xml, text/*;q=0.9, application/*;q=0.8',
};
const MOST_HOPS = 5;
const MOST_TRIES = 2;
const LONGEST_WAIT_MS = 30_000;
const LONGEST_REST_MS = 6 * 60 * 60_000;
const MOST_LEFT_ALONE = 500;
const MOST_OF_ROBOTS = 1024 * 1024;
const MOST_OF_SITEMAP = 16 * 1024 * 1024;

const pause: Sleep = (milliseconds, signal) => wait(milliseconds, undefined, { signal });

const isBusy = (status: number): boolean => status >= 500 || status === 429 || status === 408;

/** Seconds, or a time; a moment when nothing is said. */
function retryAfter({ header }: PageAnswer, now: number): number {
  const said = header('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(said)) return Number(said) * 1000;
  const at = Date.parse(said);
  return Number.isNaN(at) ? A_MOMENT_MS : Math.max(at - now, 0);
}

const A_MOMENT_MS = 2000;

const REFUSALS = {
  robots_disallowed: ({ host }: URL) => `the robots.txt of ${host} asks not to read it`,
  robots_unavailable: ({ host }: URL) => `the robots.txt of ${host} cannot be read for now`,
} as const;

/** Whatever goes wrong on the way is the fault of this page. */
async function telling<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    const hint = error.fault === 'not_allowed' ? ' (CERTUS_WEB_ALLOWED_HOSTS)' : '';
    throw new CertusError(CODES[error.fault], `${error.message}${hint}`);
  }
}

const CODES: Readonly<Record<FetchFault, ErrorCode>> = {
  malformed: 'source_not_allowed',
  not_allowed: 'source_not_allowed',
  unreachable: 'source_unreachable',
  refused: 'item_unreadable',
  too_large: 'item_too_large',
};
