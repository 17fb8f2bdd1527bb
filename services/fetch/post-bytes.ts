import { checkUrl, type Reach } from './check-url.ts';
import { exchange } from './exchange.ts';
import { withDeadline } from './with-deadline.ts';

export type Posting = Reach & {
  readonly headers: Readonly<Record<string, string>>;
  readonly maxMilliseconds?: number;
  readonly signal?: AbortSignal | undefined;
};

export type PostAnswer = { readonly status: number; readonly retryAfter: string | undefined };

/** Sends something to an address that somebody else chose. A redirect is an answer: what we send goes to nobody else. */
export function postBytes(
  given: string,
  body: Uint8Array,
  { headers, maxMilliseconds, signal, ...reach }: Posting,
): Promise<PostAnswer> {
  return withDeadline(maxMilliseconds ?? 30_000, signal, async (until) => {
    const checked = await checkUrl(given, reach, until);
    const answer = await exchange(checked, { method: 'POST', headers, body }, until);
    return { status: answer.status, retryAfter: answer.header('retry-after') };
  });
}
