/**
 * An address as it is asked for and remembered: the same page under several spellings is one. Undefined for what is no page of
 * the web, or holds a password.
 */
export function pageAddress(given: string, base?: URL): URL | undefined {
  if (given.length > MAX_LENGTH || !URL.canParse(given, base?.href)) return undefined;
  const url = new URL(given, base);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
  if (url.username !== '' || url.password !== '' || url.hostname.endsWith('.')) return undefined;
  url.hash = '';
  for (const name of [...url.searchParams.keys()]) if (TRACKING.test(name)) url.searchParams.delete(name);
  url.pathname = url.pathname.replace(/%[0-9a-f]{2}/gi, plainer);
  // "?" alone, and "" after what was left out
  if (url.searchParams.size === 0) url.search = '';
  return url.href.length > MAX_LENGTH ? undefined : url;
}

const MAX_LENGTH = 2000;

/** Who came from where is no part of what is there. */
const TRACKING = /^(?:utm_[a-z]+|gclid|fbclid|msclkid|mc_[ce]id|phpsessid|jsessionid|sessionid|sid)$/i;

/** An escape that need not be one, as what it stands for; the others in capitals. */
function plainer(escaped: string): string {
  const letter = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
  return /[A-Za-z0-9._~-]/.test(letter) ? letter : escaped.toUpperCase();
}

/** Addresses that a site makes up without end: each page of it leads one step further into nowhere. */
export function isTrap({ href, pathname, searchParams }: URL): boolean {
  const segments = pathname.split('/').filter(Boolean);
  const counts = new Map<string, number>();
  for (const segment of segments) counts.set(segment, (counts.get(segment) ?? 0) + 1);
  return (
    href.length > MOST_LETTERS ||
    segments.length > MOST_SEGMENTS ||
    searchParams.size > MOST_PARAMETERS ||
    [...counts.values()].some((count) => count > MOST_REPEATS)
  );
}

const MOST_LETTERS = 1000;
const MOST_SEGMENTS = 20;
const MOST_PARAMETERS = 10;
const MOST_REPEATS = 3;
