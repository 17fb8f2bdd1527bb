import { CertusError, type ErrorCode } from '../../../contracts/errors.ts';
import { pageAddress } from '../../web/address.ts';
import type { LostItem, SourceItem, SourcePage } from '../connector.ts';
import type { CrawlSource } from './boundary.ts';
import { type CrawlCursor, Frontier } from './frontier.ts';
import { pageItem } from './page-item.ts';
import { addressOf } from './pages.ts';

/** One page of the listing while it is being made. */
export class CrawlStep {
  readonly frontier: Frontier;
  readonly lost: LostItem[] = [];
  readonly #items: SourceItem[] = [];
  readonly #gone: string[] = [];
  readonly #source: CrawlSource;
  readonly #sitemaps: string[];
  #readSitemaps: number;
  #taken: number;
  #told: number;

  constructor(source: CrawlSource, cursor: CrawlCursor) {
    this.#source = source;
    this.frontier = new Frontier(cursor, source.max_pages);
    this.#sitemaps = [...cursor.sitemaps];
    this.#readSitemaps = cursor.readSitemaps;
    this.#taken = cursor.taken;
    this.#told = cursor.told;
  }

  get isDone(): boolean {
    return this.#taken >= this.#source.max_pages || (this.frontier.isEmpty && !this.hasSitemaps);
  }

  get hasSitemaps(): boolean {
    return this.#sitemaps.length > 0;
  }

  get size(): number {
    return this.#items.length + this.lost.length + this.#gone.length;
  }

  next(): { readonly address: URL; readonly depth: number } {
    const next = this.frontier.next();
    if (next === undefined) throw new CertusError('internal_error', 'nothing waits to be read');
    return next;
  }

  nextSitemap(): URL {
    this.#readSitemaps += 1;
    return addressOf(this.#sitemaps.shift() ?? '');
  }

  addSitemaps(urls: readonly string[], isInside: (address: URL) => boolean): void {
    for (const url of urls) {
      const address = pageAddress(url);
      if (address === undefined || !isInside(address)) continue;
      if (this.#readSitemaps + this.#sitemaps.length >= MOST_SITEMAPS) this.frontier.isWhole = false;
      else if (this.frontier.meet(address)) this.#sitemaps.push(address.href);
    }
  }

  take(item: SourceItem): void {
    this.#items.push(item);
    this.#taken += 1;
  }

  /** What may be better the next time stays an item, for the pipeline to try; everything else is told, or gone. */
  fail(address: URL, depth: number, { code, message, retryable }: CertusError): void {
    // without where it begins a crawl says nothing about what there is
    if (depth === 0) this.frontier.isWhole = false;
    if (retryable) {
      this.frontier.isWhole = false;
      this.take(pageItem(address));
      return;
    }
    if (code === 'item_gone') this.#gone.push(address.href);
    if (depth === 0) this.lost.push({ key: address.href, code, message });
    else if (code !== 'item_gone' && code !== 'unsupported_media_type') this.tell(address, code, message);
  }

  tell({ href }: URL, code: ErrorCode, message: string): void {
    this.#told += 1;
    if (this.#told <= MOST_TOLD) this.lost.push({ key: href, code, message });
  }

  page(): SourcePage {
    const found = { items: this.#items, gone: this.#gone, lost: this.lost };
    if (this.isDone) {
      // with more to come at the last page it was not all there is
      const listedAll = this.frontier.isWhole && this.frontier.isEmpty;
      return { ...found, cursor: null, checkpoint: null, listedAll };
    }
    const counts = { taken: this.#taken, told: this.#told, readSitemaps: this.#readSitemaps };
    const cursor: CrawlCursor = { ...this.frontier.state(), ...counts, sitemaps: this.#sitemaps };
    return { ...found, cursor, checkpoint: null };
  }
}

const MOST_SITEMAPS = 50;
/** Of what is not worth an item: a site may have any number of links that its robots.txt takes back. */
const MOST_TOLD = 200;
