import type { Mask } from './mask.ts';

type Extra = Readonly<Record<string, string | number | boolean>>;

/** Where an item is, and what its source says of it, as it may be indexed: addresses, folders and branches are called by people. */
export function maskOrigin(
  { location, extra }: { readonly location: string; readonly extra: Extra },
  mask: Mask,
): { readonly location: string; readonly extra: Extra } {
  const safe = (text: string): string => (PLAIN.test(text) ? text : mask(text, HINT));
  // the number of a host is nobody's here, and without it nobody comes to the item
  const host = HOST.exec(location)?.[0] ?? '';
  const named = Object.entries(extra).map(
    ([name, value]) => [name, typeof value === 'string' ? safe(value) : value] as const,
  );
  return { location: host + safe(location.slice(host.length)), extra: Object.fromEntries(named) };
}

/** Digests, times and numbers. */
const PLAIN =
  /^(?:[0-9a-f]{40}|[0-9a-f]{64}|\d{1,6}|\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?$/;
const HOST = /^[a-z][a-z0-9+.-]{0,20}:\/\/[^/?#@]{1,260}(?=[/?#]|$)/;
const HINT = { format: 'json' };
