import { CertusError } from '../../../contracts/errors.ts';
import { pageAddress } from '../../web/address.ts';
import { readSitemap } from '../../web/sitemap.ts';
import type { WebPage } from '../../web/web.ts';
import type { Connector } from '../connector.ts';
import { readCursor } from '../cursor.ts';
import type { Reader } from '../deps.ts';
import { boundaryOf, type CrawlSource } from './boundary.ts';
import { CrawlStep } from './crawl-step.ts';
import { CrawlCursor, NOWHERE_YET } from './frontier.ts';
import { LoadedPages } from './loaded-pages.ts';
import { fetchPageItem, headOf, pageItem } from './page-item.ts';
import { addressOf, noAddress } from './pages.ts';
import { versionOf, writeVersion } from './version.ts';
import { webFor } from './web-for.ts';

/**
 * Pages that lead to each other, the nearest first. A page is loaded while listing only when its links are to be followed; at the
 * last depth it is merely named, and asked for as any page whose address is known: with the version that is known.
 */
export function openCrawl(source: CrawlSource, { deps }: Pick<Reader, 'deps'>): Connector {
  const { now } = deps;
  const web = webFor(source.render, deps);
  const { isInside, isWanted } = boundaryOf(source);
  const loaded = new LoadedPages();
  return {
    listsAll: false,
    page: async ({ cursor, limit, signal }) => {
      loaded.forget();
      const until = now().getTime() + PATIENCE_MS;
      const step = new CrawlStep(source, readCursor(CrawlCursor, cursor, NOWHERE_YET));
      if (cursor === null) await begin(step);
      while (!step.isDone && step.size < limit && now().getTime() < until) {
        signal.throwIfAborted();
        if (step.hasSitemaps) await readOne(step, signal);
        else await takeOne(step, signal);
      }
      return step.page();
    },
    fetch: async ({ key, version }, { known, maxBytes, signal }) => {
      if (version !== '' && known === version) return null;
      const page = loaded.take(key);
      if (page !== undefined && page.bytes.length <= maxBytes)
        return { bytes: page.bytes, mediaType: page.mediaType, version };
      return fetchPageItem(web, addressOf(key), { known, maxBytes, signal, mayGo: isInside });
    },
    close: async () => loaded.forget(),
  };

  async function begin(step: CrawlStep): Promise<void> {
    for (const url of source.seed_urls) {
      const address = pageAddress(url);
      if (address === undefined) step.lost.push(noAddress(url));
      else step.frontier.add(address, 0);
    }
    if (source.max_depth === 0) return;
    const sites = new Set(source.seed_urls.flatMap((url) => pageAddress(url)?.origin ?? []));
    for (const site of sites) {
      const named = await ofPage(() => web.sitemaps(new URL(site)));
      step.addSitemaps([...('value' in named ? named.value : []), `${site}/sitemap.xml`], isInside);
    }
  }

  /** A site need not have one, and what is wrong with it is no page's fault: the links are followed all the same. */
  async function readOne(step: CrawlStep, signal: AbortSignal): Promise<void> {
    const address = step.nextSitemap();
    const read = await ofPage(() => web.sitemap(address, signal));
    if ('fault' in read) return;
    const sitemap = read.value === undefined ? undefined : readSitemap(read.value);
    step.addSitemaps(sitemap?.sitemaps ?? [], isInside);
    for (const url of sitemap?.pages ?? []) {
      const page = pageAddress(url);
      if (page !== undefined && isWanted(page)) step.frontier.add(page, 1);
    }
  }

  async function takeOne(step: CrawlStep, signal: AbortSignal): Promise<void> {
    const { address, depth } = step.next();
    const refusal = await ofPage(() => web.refusal(address));
    const fault =
      'fault' in refusal
        ? refusal.fault
        : refusal.value && new CertusError(refusal.value, 'by its robots.txt');
    if (fault !== undefined) step.fail(address, depth, fault);
    else if (depth >= source.max_depth) step.take(pageItem(address));
    else {
      const asked = { maxBytes: MOST_WHILE_LISTING, mayGo: isInside, signal };
      const found = await ofPage(() => web.page(address, asked));
      // too large to look for links in, and perhaps not too large to be read
      if ('fault' in found && found.fault.code === 'item_too_large') step.take(pageItem(address));
      else if ('fault' in found) step.fail(address, depth, found.fault);
      else if (found.value !== null) takePage(step, address, depth, found.value);
    }
  }

  function takePage(step: CrawlStep, asked: URL, depth: number, page: WebPage): void {
    const address = pageAddress(page.address.href) ?? asked;
    // sent on to where the crawl has been, or will come by itself
    if (address.href !== asked.href && !step.frontier.meet(address)) return;
    const { noIndex, noFollow, canonical, links } = headOf(page);
    if (!noFollow) for (const link of links) if (isWanted(link)) step.frontier.add(link, depth + 1);
    if (noIndex) step.tell(address, 'indexing_refused', 'the page says that it is not to be indexed');
    else if (canonical !== undefined && canonical.href !== address.href && isWanted(canonical))
      step.frontier.add(canonical, depth);
    else {
      step.take(pageItem(address, writeVersion(versionOf(page)), page.bytes.length));
      loaded.keep(address.href, page);
    }
  }
}

/** For how long a page of the listing goes on: a slow site gives short ones. */
const PATIENCE_MS = 30_000;
const MOST_WHILE_LISTING = 8 * 1024 * 1024;

/** What is wrong with a page ends its turn and not the crawl; what is wrong with us ends both. */
async function ofPage<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly fault: CertusError }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof CertusError && error.code !== 'internal_error') return { fault: error };
    throw error;
  }
}
