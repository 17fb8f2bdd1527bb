import { checkUrl, type Reach } from './check-url.ts';
import { exchange } from './exchange.ts';
import { FetchError } from './fetch-error.ts';
import { withDeadline } from './with-deadline.ts';

export type Fetching = Reach & {
  readonly maxBytes: number;
  /** For everything together: name, redirects, answer. */
  readonly maxMilliseconds?: number;
  readonly signal?: AbortSignal | undefined;
};

/** Reads what lies at an address that somebody else chose. Wherever it sends us on to is checked like the address itself. */
export function fetchBytes(
  given: string,
  { maxBytes, maxMilliseconds, signal, ...reach }: Fetching,
): Promise<Uint8Array> {
  return withDeadline(maxMilliseconds ?? 30_000, signal, async (until) => {
    let target: string | URL = given;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
      const checked = await checkUrl(target, reach, until);
      const { host, protocol } = checked.url;
      const answer = await exchange(checked, { method: 'GET', headers: {}, maxBytes }, until);
      if (!REDIRECTS.has(answer.status)) return content(answer, host);
      const location = answer.header('location') ?? '';
      if (location === '' || !URL.canParse(location, checked.url.href))
        throw new FetchError('refused', `${host} redirects to nowhere`);
      target = new URL(location, checked.url);
      if (protocol === 'https:' && target.protocol !== 'https:')
        throw new FetchError('not_allowed', `${host} redirects out of https://`);
    }
    throw new FetchError('refused', 'the address redirects more than three times');
  });
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const MAX_REDIRECTS = 3;

/** What may mend itself: the other side is busy, or broken for now. */
const BUSY = (status: number): boolean => status >= 500 || status === 408 || status === 429;

function content(
  {
    status,
    header,
    bytes,
  }: { status: number; header: (name: string) => string | undefined; bytes: Uint8Array },
  host: string,
): Uint8Array {
  if (BUSY(status)) throw new FetchError('unreachable', `${host} answers ${status}`);
  if (status !== 200) throw new FetchError('refused', `${host} answers ${status}`);
  // asked for as it is, it would otherwise be judged, and signed for, in a form that nobody reads
  if ((header('content-encoding') ?? 'identity').toLowerCase() !== 'identity')
    throw new FetchError('refused', `${host} answers with compressed content`);
  return bytes;
}
