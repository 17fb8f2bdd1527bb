import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isInternal } from '../net/internal-address.ts';
import { FetchError } from './fetch-error.ts';

export type Reach = {
  /** Hosts that may be reached although their address is internal, and over plain http; "*" stands for all. */
  readonly allowedHosts: readonly string[];
  /** Plain http as well: for what anybody may read, and nobody is to believe. */
  readonly plainHttp?: boolean;
  /** All addresses of a name. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
};

/** An address that was checked, and the machines that it stood for at that moment. */
export type CheckedUrl = { readonly url: URL; readonly addresses: readonly string[] };

/**
 * Decides whether an address that somebody else chose may be called. The name is resolved here and never again: a name
 * that is public when it is checked and internal when it is called gets nowhere.
 */
export async function checkUrl(
  given: string | URL,
  { allowedHosts, plainHttp = false, resolve = resolveHost }: Reach,
  signal: AbortSignal,
): Promise<CheckedUrl> {
  const url = URL.canParse(String(given)) ? new URL(given) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new FetchError('malformed', 'the address is not a https:// address');
  if (url.username !== '' || url.password !== '')
    throw new FetchError('malformed', 'the address must not hold credentials');
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const trusted = allowedHosts.includes('*') || allowedHosts.includes(host);
  if (url.protocol === 'http:' && !trusted && !plainHttp)
    throw new FetchError('not_allowed', `${host} is called over https:// only`);
  const addresses = isIP(host) === 0 ? await within(signal, host, resolve(host)) : [host];
  if (addresses.length === 0) throw new FetchError('unreachable', `${host} has no address`);
  if (!trusted && addresses.some(isInternal))
    throw new FetchError('not_allowed', `${host} is an internal address, and not among the hosts allowed`);
  return { url, addresses };
}

const resolveHost = async (host: string): Promise<string[]> =>
  (await lookup(host, { all: true })).map(({ address }) => address);

/** A resolver cannot be told to stop; whoever waits for it can. */
async function within<T>(signal: AbortSignal, host: string, answer: Promise<T>): Promise<T> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    return await Promise.race([answer, stopped]);
  } catch (error) {
    if (signal.aborted) throw error;
    throw new FetchError('unreachable', `${host} cannot be resolved`, error);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
