import { RE2JS, RE2JSException } from '@bufbuild/re2';
import { CertusError } from '../../../contracts/errors.ts';
import type { IngestionSource } from '../../../contracts/ingestion.ts';
import { isTrap, pageAddress } from '../../web/address.ts';

export type CrawlSource = Extract<IngestionSource, { kind: 'web_crawl' }>;

export type Boundary = {
  /** Whether a crawl may set foot on this host. */
  readonly isInside: (address: URL) => boolean;
  /** Whether a link is followed: inside, as the patterns want it, and neither a picture nor a trap. */
  readonly isWanted: (address: URL) => boolean;
};

/** How far a crawl goes. A domain that was named stands for what is below it, too; a seed for its own host alone. */
export function boundaryOf({
  seed_urls,
  allowed_domains,
  allow_patterns,
  deny_patterns,
}: CrawlSource): Boundary {
  const hosts = new Set(seed_urls.flatMap((url) => bare(pageAddress(url)?.hostname ?? '')));
  const domains = allowed_domains.map((domain) => domain.toLowerCase().replace(/^\*?\./, ''));
  const allow = allow_patterns.map(compile);
  const deny = deny_patterns.map(compile);
  const isInside = ({ hostname }: URL) =>
    domains.length === 0
      ? hosts.has(bare(hostname))
      : domains.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`));
  return {
    isInside,
    isWanted: (address) =>
      isInside(address) &&
      !isTrap(address) &&
      !NO_PAGE.test(address.pathname) &&
      (allow.length === 0 || allow.some((pattern) => pattern.test(address.href))) &&
      !deny.some((pattern) => pattern.test(address.href)),
  };
}

/** Half of all sites send whoever comes to the one on to the other. */
const bare = (hostname: string): string => hostname.replace(/^www\./, '');

/** By a grammar that no text can keep busy: pattern and address both come from others. */
function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new CertusError('invalid_request', 'a pattern of the crawl is no regular expression of RE2');
  }
}

/** Endings of what is shown, heard, run or unpacked, and not read. */
const NO_PAGE =
  /\.(?:png|jpe?g|gif|webp|avif|svg|ico|bmp|tiff?|mp[34]|m4[av]|webm|og[gv]|wav|flac|avi|mov|mkv|css|m?js|map|woff2?|ttf|otf|eot|zip|t?gz|bz2|xz|zst|7z|rar|tar|jar|war|whl|exe|msi|dmg|pkg|deb|rpm|apk|iso|img|bin|wasm)$/i;
