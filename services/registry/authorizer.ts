import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import { parseJson } from './content.ts';
import { exchange, isLoopback } from './exchange.ts';
import { retryAfterMs, TryAgain } from './retry.ts';

export type Credentials = { readonly username: string; readonly password: string };

export type Authorizer = {
  /** What to send at once, when an earlier challenge has been answered for the same scope. */
  readonly known: (scope: string) => string | undefined;
  /** The answer to a 401; throws `registry_refused` when there is none. */
  readonly answer: (header: string | undefined, scope: string) => Promise<string>;
};

/**
 * Knows when it may show the credentials. A registry names the server that issues its tokens, and so could name
 * anybody: that server must be reached over TLS, or be on this machine, or the operator must have allowed it.
 */
export const createAuthorizer = (
  dispatcher: Dispatcher,
  registry: URL,
  credentials: Credentials | undefined,
  insecure: boolean,
): Authorizer => {
  const cache = new Map<string, { header: string; until: number }>();
  const basic =
    credentials &&
    `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;

  const fromBearer = async ({ parameters }: Challenge, scope: string): Promise<string> => {
    const realm = URL.canParse(parameters.realm ?? '') ? new URL(parameters.realm ?? '') : undefined;
    const trusted =
      realm?.protocol === 'https:' ||
      (realm?.protocol === 'http:' && (insecure || (isLoopback(realm) && isLoopback(registry))));
    if (realm === undefined || !trusted || realm.username !== '' || realm.password !== '') {
      throw refused(`names a token server that is not reached over https: ${parameters.realm ?? 'none'}`);
    }
    if (parameters.service !== undefined) realm.searchParams.set('service', parameters.service);
    // one parameter each, when a request touches two repositories
    if (scope !== '') realm.searchParams.delete('scope');
    for (const each of scope.split(' ').filter(Boolean)) realm.searchParams.append('scope', each);
    const answer = await exchange(dispatcher, realm, {
      method: 'GET',
      headers: basic === undefined ? {} : { authorization: basic },
      limit: MAX_TOKEN_ANSWER,
    });
    if (answer.status === 429 || answer.status >= 500) {
      const afterMs = retryAfterMs(answer.header('retry-after'), Date.now());
      throw new TryAgain(`The token server ${realm.origin} answers ${answer.status}`, { afterMs });
    }
    const parsed = answer.status === 200 ? TokenAnswer.safeParse(parseJson(answer.bytes)) : undefined;
    const token = parsed?.data?.token ?? parsed?.data?.access_token;
    if (token === undefined)
      throw refused(`has a token server, ${realm.origin}, that gives no token (${answer.status})`);
    const header = `Bearer ${token}`;
    const lifetime = (parsed?.data?.expires_in ?? 60) - CLOCK_MARGIN_S;
    cache.set(scope, { header, until: performance.now() + lifetime * 1000 });
    return header;
  };

  /** Requests that go side by side find that they need a token at the same moment: one asks for all. */
  const asking = new Map<string, Promise<string>>();
  const together = (scope: string, ask: () => Promise<string>): Promise<string> => {
    const asked = asking.get(scope) ?? ask().finally(() => asking.delete(scope));
    asking.set(scope, asked);
    return asked;
  };

  const refused = (why: string) =>
    new CertusError('registry_refused', `The registry ${registry.origin} ${why}`);

  return {
    known: (scope) => {
      const entry = cache.get(scope);
      return entry !== undefined && entry.until > performance.now() ? entry.header : undefined;
    },
    answer: async (header, scope) => {
      const challenges = parseChallenges(header ?? '');
      const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
      if (bearer !== undefined) return together(scope, () => fromBearer(bearer, scope));
      if (!challenges.some(({ scheme }) => scheme === 'basic'))
        throw refused('asks for a way of signing in that we do not have');
      if (basic === undefined) throw refused('wants a user name and a password, and none are set');
      cache.set(scope, { header: basic, until: Number.POSITIVE_INFINITY });
      return basic;
    },
  };
};

const MAX_TOKEN_ANSWER = 256 * 1024;
const CLOCK_MARGIN_S = 10;

/** A token goes into a header, so it must not be able to end it. */
const Token = z.string().regex(/^[\x21-\x7e]{1,65536}$/);
const TokenAnswer = z.object({
  token: Token.optional(),
  access_token: Token.optional(),
  expires_in: z.number().positive().max(86_400).optional(),
});
