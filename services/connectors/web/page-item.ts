import { CertusError } from '../../../contracts/errors.ts';
import { charsetOf, isHtml } from '../../web/media.ts';
import { directives, type PageHead, readPageHead } from '../../web/page-head.ts';
import type { Web, WebPage } from '../../web/web.ts';
import type { Fetched, SourceItem } from '../connector.ts';
import { readVersion, versionOf, writeVersion } from './version.ts';

/** A page that nobody has looked at yet: only fetching it tells more. */
export const pageItem = (address: URL, version = '', size: number | null = null): SourceItem => ({
  key: address.href,
  version,
  size,
  name: nameOf(address),
  location: address.href,
});

function nameOf({ pathname }: URL): string {
  const last = pathname.split('/').at(-1) ?? '';
  return last === '' ? 'index.html' : last.slice(0, 200);
}

export type PageAsked = {
  readonly known: string | undefined;
  readonly maxBytes: number;
  readonly mayGo?: (address: URL) => boolean;
  readonly signal: AbortSignal;
};

/** One page, unless it is still as it is known. What its owner does not want to be found is not. */
export async function fetchPageItem(web: Web, address: URL, asked: PageAsked): Promise<Fetched> {
  const known = readVersion(asked.known);
  const { maxBytes, mayGo, signal } = asked;
  const page = await web.page(address, {
    known,
    maxBytes,
    signal,
    ...(mayGo === undefined ? {} : { mayGo }),
  });
  if (page === null) return null;
  const head = headOf(page);
  if (head.noIndex) throw new CertusError('indexing_refused', 'the page says that it is not to be indexed');
  const version = versionOf(page);
  if (version.sha256 === known?.sha256) return null;
  return {
    bytes: page.bytes,
    mediaType: page.mediaType,
    version: writeVersion(version),
    location: (head.canonical ?? page.address).href,
  };
}

/** What a page says of itself; one that is no HTML says it in the head of the answer only. */
export function headOf({ bytes, mediaType, contentType, address, robots }: WebPage): PageHead {
  if (isHtml(mediaType)) return readPageHead(bytes, { address, charset: charsetOf(contentType), robots });
  const said = new Set(robots.flatMap(directives));
  return {
    noIndex: said.has('noindex') || said.has('none'),
    noFollow: true,
    canonical: undefined,
    links: [],
  };
}
