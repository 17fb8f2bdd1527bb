import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { checkUrl, type Reach } from './check-url.ts';
import { type Answer, exchange } from './exchange.ts';
import { FetchError } from './fetch-error.ts';
import { withDeadline } from './with-deadline.ts';

export type PageFetching = Reach & {
  readonly headers: Readonly<Record<string, string>>;
  /** Packed or not. */
  readonly maxBytes: number;
  readonly wanted?: (header: Answer['header']) => boolean;
  readonly maxMilliseconds?: number;
  readonly signal?: AbortSignal | undefined;
};

export type PageAnswer = Answer & {
  /** Where the answer sends us on to. It was not gone to, nor checked: whoever follows asks for it like for the first one. */
  readonly redirect: URL | undefined;
};

/** Asks once for what lies at an address that somebody else chose, and gives the answer with its status, whatever that is. */
export function fetchPage(
  given: string | URL,
  { headers, maxBytes, wanted, maxMilliseconds, signal, ...reach }: PageFetching,
): Promise<PageAnswer> {
  return withDeadline(maxMilliseconds ?? 30_000, signal, async (until) => {
    const checked = await checkUrl(given, reach, until);
    const outgoing = {
      method: 'GET' as const,
      headers,
      maxBytes,
      ...(wanted === undefined ? {} : { wanted }),
    };
    const answer = await exchange(checked, outgoing, until);
    const bytes = await unpacked(answer, maxBytes, checked.url.host);
    return { ...answer, bytes, redirect: redirectOf(answer, checked.url) };
  });
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function redirectOf({ status, header }: Answer, from: URL): URL | undefined {
  if (!REDIRECTS.has(status)) return undefined;
  const location = header('location') ?? '';
  if (location === '' || !URL.canParse(location, from.href))
    throw new FetchError('refused', `${from.host} redirects to nowhere`);
  const to = new URL(location, from);
  if (from.protocol === 'https:' && to.protocol !== 'https:')
    throw new FetchError('not_allowed', `${from.host} redirects out of https://`);
  return to;
}

/** Asked for as it is, a server may send it packed all the same; a small answer may unpack to more than memory. */
async function unpacked({ bytes, header }: Answer, maxBytes: number, host: string): Promise<Uint8Array> {
  const encoding = (header('content-encoding') ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || bytes.length === 0) return bytes;
  const unpack = UNPACK.get(encoding);
  if (unpack === undefined)
    throw new FetchError('refused', `${host} packs its answer in a way that is not known`);
  try {
    return await unpack(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new FetchError('too_large', `${host} answers with more than ${maxBytes} bytes`);
    throw new FetchError('refused', `${host} answers with what cannot be unpacked`, error);
  }
}

type Unpack = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Uint8Array>;

const UNPACK: ReadonlyMap<string, Unpack> = new Map([
  ['gzip', promisify(gunzip) as Unpack],
  ['x-gzip', promisify(gunzip) as Unpack],
  ['deflate', promisify(inflate) as Unpack],
  ['br', promisify(brotliDecompress) as Unpack],
]);
